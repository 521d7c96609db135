import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissingOrStale, unlessMissing } from '../../base/missing-file.ts';
import { namesIn } from '../core/group-folder.ts';
import { type JobstateReading, readJobstate } from './jobstate.ts';
import { submitFolder } from './workflow-folder.ts';

/**
 * How far a workflow has come, by the files in its submit directory. `absent`: it was not planned, or not to the end;
 * `planned`: it could be started, but nothing says that it was; `started`: its monitor or DAGMan writes.
 */
export type Progress =
  | { readonly phase: 'absent' | 'planned' }
  | ({ readonly phase: 'started' } & JobstateReading);

export async function progressOf(folder: string): Promise<Progress> {
  const submit = submitFolder(folder);
  const text = await unlessMissing(readFile(join(submit, 'jobstate.log'), 'utf8'), null, isMissingOrStale);
  if (text !== null) return { phase: 'started', ...readJobstate(text) };
  const names = await namesIn(submit);
  // HTCondor's DAGMan writes its log before Pegasus' monitor does.
  if (names.some((name) => name.endsWith('.dagman.out'))) return { phase: 'started', ...readJobstate('') };
  const isPlanned = names.includes('braindump.yml') && names.some((name) => name.endsWith('.dag'));
  return { phase: isPlanned ? 'planned' : 'absent' };
}
