import type { Ending } from '../executor.ts';
import { forbid, lastBeat, lookInto, readOutcome } from '../jobs/folder.ts';
import type { PegasusClient } from './client.ts';
import type { JobstateReading } from './jobstate.ts';
import type { OpenBatch, Run } from './runs.ts';
import type { PegasusTimes } from './settings.ts';
import { submitFolder } from './workflow-folder.ts';

export interface BatchEnd {
  readonly batch: OpenBatch;
  readonly ending: Ending;
}

/** DAGMan's exit status where its workflow was removed. */
const REMOVED = 2;
const none = { exitCode: null, signal: null } as const;

/** Ends that jobs have told of their batches; one look for each workflow. */
export async function toldEnds(batches: readonly OpenBatch[]): Promise<BatchEnd[]> {
  const ends: BatchEnd[] = [];
  for (const [run, members] of Map.groupBy(batches, (batch) => batch.run)) {
    if (run === null) continue;
    const { ended } = await lookInto(run.folder);
    for (const batch of members.filter(({ token }) => ended.has(token))) {
      const outcome = await readOutcome(run.folder, batch.token);
      if (!outcome) continue;
      const { how, exitCode, signal, detail } = outcome;
      if (how !== 'interrupted') ends.push({ batch, ending: { how, exitCode, signal, detail } });
      else if (batch.isCancelled)
        ends.push({ batch, ending: { how: 'cancelled', exitCode, signal, detail } });
    }
  }
  return ends;
}

/**
 * Ends of batches that their workflow, which has ended, left without a word. Each is forbidden first and waited for: its
 * files may come late, and its process may run on.
 */
export async function farewells(
  run: Run,
  left: readonly OpenBatch[],
  progress: JobstateReading,
  { client, times }: { client: PegasusClient; times: PegasusTimes },
): Promise<BatchEnd[]> {
  const nowMs = performance.now();
  const due: { batch: OpenBatch; hasBegun: boolean }[] = [];
  for (const batch of left) {
    const beatMs = await lastBeat(run.folder, batch.task);
    if (batch.farewell === null) await forbid(run.folder, batch.token);
    if (batch.farewell?.beatMs !== beatMs || batch.farewell === null)
      batch.farewell = { beatMs, sinceMs: nowMs };
    const waitMs = beatMs === null ? times.settleMs : Math.max(times.settleMs, times.fenceMs);
    if (nowMs - batch.farewell.sinceMs >= waitMs) due.push({ batch, hasBegun: beatMs !== null });
  }
  if (due.length === 0) return [];
  const reason = progress.exitStatus === REMOVED ? null : await reasonOf(run, client);
  return Promise.all(
    due.map(async ({ batch, hasBegun }) => ({
      batch,
      ending: await silentEnding(run, batch, hasBegun, progress.exitStatus, reason),
    })),
  );
}

async function silentEnding(
  run: Run,
  batch: OpenBatch,
  hasBegun: boolean,
  exitStatus: number | null,
  reason: string | null,
): Promise<Ending> {
  if (batch.isCancelled) return { how: 'cancelled', ...none, detail: 'The batch was cancelled.' };
  if (exitStatus === REMOVED)
    return { how: 'revoked', ...none, detail: 'The workflow of Pegasus was removed by somebody else.' };
  const outcome = await readOutcome(run.folder, batch.token);
  const told = outcome?.how === 'interrupted' ? ' Its job was told to end.' : '';
  const said = reason === null ? '' : ` pegasus-analyzer says: ${reason}.`;
  return hasBegun
    ? { how: 'lost', ...none, detail: `The job of this batch ended without a word.${told}${said}` }
    : { how: 'vanished', ...none, detail: `The workflow of Pegasus ended before this batch began.${said}` };
}

/** The failed nodes in Pegasus' words; null where it tells none. */
async function reasonOf(run: Run, client: PegasusClient): Promise<string | null> {
  const nodes = await client.analyze(submitFolder(run.folder)).catch((error: Error) => {
    return [{ name: 'pegasus-analyzer', state: error.message, exitCode: null }];
  });
  const sentences = nodes.map(({ name, state, exitCode }) =>
    exitCode === null ? `${name} is ${state}` : `${name} is ${state} with exit code ${exitCode}`,
  );
  return sentences.length === 0 ? null : sentences.slice(0, 3).join(', ');
}
