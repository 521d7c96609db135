import type { Executor } from '../../executors/executor.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';
import type { Flight } from './flights.ts';
import { mostInFlight } from './plan.ts';

/** Executors that a session may use, in the order of preference: its own choice, else the site's. */
export function executorsOf({ config, executors }: Context, session: Session): readonly Executor[] {
  const chosen = session.start?.parameters.executor ?? config.general.executor;
  return executors.known(chosen);
}

/**
 * The executor that takes the next batch of a session: the first of its own that answers and has room. Where none
 * answers, the first that has room keeps the batch until it does. null: none has room.
 */
export function chooseExecutor(
  context: Context,
  flights: Iterable<Flight>,
  session: Session,
): Executor | null {
  const inFlight = new Map<string, number>();
  for (const { handle } of flights) inFlight.set(handle.executor, (inFlight.get(handle.executor) ?? 0) + 1);
  const free = executorsOf(context, session).filter(
    (executor) => (inFlight.get(executor.name) ?? 0) < mostInFlight(context.config, executor),
  );
  return free.find((executor) => executor.condition().health.state !== 'away') ?? free[0] ?? null;
}
