import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_TEXT_BYTES } from '../../../src/base/below.ts';
import { readDagman } from '../../../src/executors/pegasus/dagman.ts';
import { progressOf } from '../../../src/executors/pegasus/progress.ts';

const recordedLog = (name: string) =>
  readFileSync(new URL(`recorded/faults/${name}`, import.meta.url), 'utf8');

let folder: string;
let submitFolder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cryoem-progress-'));
  submitFolder = join(folder, 'submit');
  mkdirSync(submitFolder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const appendJobstate = (text: string) => appendFileSync(join(submitFolder, 'jobstate.log'), text);
const appendDagmanLog = (text: string) => appendFileSync(join(submitFolder, 'batch-0.dag.dagman.out'), text);
const internalLine = (event: string) => `1795887700 INTERNAL *** ${event} ***\n`;
const STARTING = '11/28/26 17:36:39 ** condor_scheduniv_exec.52.0 (CONDOR_DAGMAN) STARTING UP\n';
const exitingWith = (status: number) =>
  `11/28/26 17:37:22 **** condor_scheduniv_exec.52.0 (condor_DAGMAN) pid 137 EXITING WITH STATUS ${status}\n`;

describe('the end of a workflow', () => {
  it('is read from the log of DAGMan if the monitor ended before DAGMan, as after a restart of condor_schedd', async () => {
    appendJobstate(recordedLog('jobstate-schedd-restarted-5.1.2.log'));
    appendDagmanLog(STARTING + exitingWith(3) + STARTING);
    expect(await progressOf(folder)).toMatchObject({ phase: 'started', exitStatus: null });
    appendDagmanLog(exitingWith(1));
    expect(await progressOf(folder)).toMatchObject({ phase: 'started', exitStatus: 1 });
  });

  it('is not an earlier exit of DAGMan while the monitor runs', async () => {
    appendJobstate(internalLine('MONITORD_STARTED') + internalLine('DAGMAN_STARTED 52.0'));
    appendDagmanLog(STARTING + exitingWith(2) + STARTING);
    expect(await progressOf(folder)).toMatchObject({ exitStatus: null, starts: 1 });
  });

  it('is known even if DAGMan ended before it logged its start; this run counts as a start', async () => {
    appendJobstate(recordedLog('jobstate-dagman-died-early-5.1.2.log'));
    expect(await progressOf(folder)).toMatchObject({ exitStatus: 1, starts: 1 });
    appendJobstate(
      internalLine('MONITORD_STARTED') +
        internalLine('DAGMAN_FINISHED 1') +
        internalLine('MONITORD_FINISHED 0'),
    );
    expect(await progressOf(folder)).toMatchObject({ exitStatus: 1, starts: 2 });
  });

  it('is read from the end of a huge log', async () => {
    const path = join(submitFolder, 'jobstate.log');
    appendJobstate(internalLine('MONITORD_STARTED') + internalLine('DAGMAN_STARTED 52.0'));
    truncateSync(path, MAX_TEXT_BYTES + 1); // sparse
    expect(await progressOf(folder)).toMatchObject({ phase: 'started', exitStatus: null, starts: 1 });
    appendJobstate(`\n${internalLine('DAGMAN_FINISHED 0')}${internalLine('MONITORD_FINISHED 0')}`);
    expect(await progressOf(folder)).toMatchObject({ exitStatus: 0, starts: 1, isMonitorGone: true });
  });

  it('is read from the log of DAGMan if there is no monitor', async () => {
    appendDagmanLog(STARTING + exitingWith(1));
    expect(await progressOf(folder)).toMatchObject({ phase: 'started', exitStatus: null });
    writeFileSync(join(submitFolder, 'monitord.done'), '2026-11-28T17:37:24+0000 42.000\n');
    expect(await progressOf(folder)).toMatchObject({ phase: 'started', exitStatus: 1, starts: 1 });
  });
});

it('the log of DAGMan shows whether DAGMan is running or has exited, and why', () => {
  expect(readDagman(recordedLog('dagman-died-early-5.1.2.out'))).toEqual({
    state: 'ended',
    exitStatus: 1,
    reason: expect.stringMatching(/default node log file .* is in \/tmp; .*DAGMAN_USE_STRICT setting$/),
  });
  expect(readDagman(STARTING + exitingWith(2) + STARTING)).toEqual({
    state: 'running',
    exitStatus: null,
    reason: null,
  });
  expect(readDagman('')).toEqual({ state: 'unknown', exitStatus: null, reason: null });
});
