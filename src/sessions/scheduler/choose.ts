import type { ParameterValues } from '../../contract/parameters.ts';
import type { Executor } from '../../executors/executor.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';
import type { Flight } from './flights.ts';
import { mostInFlight } from './plan.ts';

export interface Choice {
  readonly executor: Executor;
  /** One that the session prefers answers, but is full: only what has waited long goes elsewhere. */
  readonly isSpill: boolean;
}

/** Executors that a start may use, in the order of preference: its own choice, else the site's. */
export const executorsOf = (
  { settings, executors }: Context,
  parameters: Partial<ParameterValues> | undefined,
): readonly Executor[] => executors.known(parameters?.executor ?? settings.executors.join(', '));

/**
 * The executor that takes the next batch of a session: the first of its own that answers and has room. While one before
 * it answers too, it takes only movies that have waited for `spillMs`. Where none answers, the first that has
 * room keeps the batch until it does. null: none has room.
 */
export function chooseExecutor(context: Context, flights: Iterable<Flight>, session: Session): Choice | null {
  const inFlight = new Map<string, number>();
  for (const { handle } of flights) inFlight.set(handle.executor, (inFlight.get(handle.executor) ?? 0) + 1);
  const all = executorsOf(context, session.start?.parameters);
  const hasRoom = (executor: Executor) =>
    (inFlight.get(executor.name) ?? 0) < mostInFlight(context.settings.batches, executor);
  const answering = all.filter((executor) => executor.condition().health.state !== 'away');
  const executor = answering.find(hasRoom);
  if (executor) return { executor, isSpill: executor !== answering[0] };
  const keeper = answering.length === 0 ? all.find(hasRoom) : undefined;
  return keeper ? { executor: keeper, isSpill: false } : null;
}
