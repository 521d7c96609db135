import type { Context } from '../context.ts';
import type { Registry } from '../loading/registry.ts';
import type { ResultIntake } from '../results/intake.ts';
import type { SessionTables } from '../tables/tables.ts';
import type { Trials } from '../trials/trials.ts';
import type { BatchesInFlight } from './batches-in-flight.ts';
import { BatchCompletion } from './complete-batch.ts';
import { Completions } from './completions.ts';
import { SessionGuard } from './guard.ts';
import { BatchPlanner } from './plan-batch.ts';
import { Scheduler } from './scheduler.ts';
import { Submitter } from './submit.ts';

export interface SharedParts {
  readonly registry: Registry;
  readonly inFlight: BatchesInFlight;
  readonly intake: ResultIntake;
  readonly trials: Trials;
  readonly tables: SessionTables;
}

/** Creates the scheduler, with the parts that only the scheduler uses. */
export function createScheduler(
  context: Context,
  { registry, inFlight, intake, trials, tables }: SharedParts,
): { scheduler: Scheduler; completions: Completions } {
  const guard = new SessionGuard(context);
  const completion = new BatchCompletion(context, inFlight, intake);
  const completions = new Completions(context, inFlight, { completion, trials, guard });
  const planner = new BatchPlanner(context, inFlight);
  const submitter = new Submitter(context, inFlight, completion);
  const scheduler = new Scheduler(context, {
    inFlight,
    intake,
    completions,
    planner,
    submitter,
    trials,
    tables,
    guard,
    sessions: () => registry.all(),
  });
  return { scheduler, completions };
}
