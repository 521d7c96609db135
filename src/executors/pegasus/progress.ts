import { join } from 'node:path';
import { readTailBelow } from '../../base/below.ts';
import { isMissingOrStale, unlessMissing } from '../../base/missing-file.ts';
import { sessionFolderOf } from '../../contract/session-folders.ts';
import { namesIn } from '../core/group-folder.ts';
import { dagmanLog, readDagman } from './dagman.ts';
import { type JobstateReading, readJobstate } from './jobstate.ts';
import { submitFolder } from './workflow-folder.ts';

/**
 * Progress of a workflow according to the files in its submit directory. `absent`: there is no complete plan;
 * `planned`: ready to be started, but no log shows that it was started; `started`: there is a log of its
 * monitor or of DAGMan.
 */
export type Progress =
  | { readonly phase: 'absent' | 'planned' }
  | ({ readonly phase: 'started' } & JobstateReading);

/**
 * Number of bytes read from the end of `jobstate.log`. The log of a workflow with 1000 jobs has about one
 * megabyte. Starts in the part that is not read are not counted; pegasus-status then tells whether the
 * workflow has ended.
 */
const MAX_JOBSTATE_BYTES = 16 * 1024 * 1024;

/** The state if nothing was logged. */
const NOTHING_LOGGED: JobstateReading = {
  exitStatus: null,
  starts: 0,
  isMonitorGone: false,
  nodes: new Map(),
};

export async function progressOf(folder: string): Promise<Progress> {
  const submitDir = submitFolder(folder);
  const path = join(submitDir, 'jobstate.log');
  const reading = readTailBelow(sessionFolderOf(submitDir), path, MAX_JOBSTATE_BYTES);
  const log = await unlessMissing(reading, null, isMissingOrStale);
  if (log !== null) return { phase: 'started', ...(await withDagmanExitStatus(submitDir, jobstateOf(log))) };
  const names = await namesIn(submitDir);
  if (names.some((name) => name.endsWith('.dagman.out'))) {
    // DAGMan writes its log before Pegasus' monitor does, or the monitor failed at once.
    const isMonitorGone = names.includes('monitord.done');
    return {
      phase: 'started',
      ...(await withDagmanExitStatus(submitDir, { ...NOTHING_LOGGED, starts: 1, isMonitorGone })),
    };
  }
  const isPlanned = names.includes('braindump.yml') && names.some((name) => name.endsWith('.dag'));
  return { phase: isPlanned ? 'planned' : 'absent' };
}

function jobstateOf({ text, isCut }: { text: string; isCut: boolean }): JobstateReading {
  const reading = readJobstate(text);
  return isCut ? { ...reading, starts: Math.max(1, reading.starts) } : reading;
}

/**
 * While the monitor of a workflow is running, it logs everything that DAGMan does. If the monitor ended
 * before DAGMan (a restart of condor_schedd starts DAGMan again), only DAGMan's own log has the exit status
 * of its latest run.
 */
async function withDagmanExitStatus(submitDir: string, reading: JobstateReading): Promise<JobstateReading> {
  if (!reading.isMonitorGone) return reading;
  const { state, exitStatus } = readDagman(await dagmanLog(submitDir));
  return state === 'unknown' ? reading : { ...reading, exitStatus };
}
