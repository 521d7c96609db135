import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  logName,
  namesIn,
  readLogTail,
  tokenLayout,
  writeGroupFolder,
} from '../../../src/executors/core/group-folder.ts';
import {
  isCancelRequested,
  type JobPlan,
  lastHeartbeat,
  listFolder,
  readJobPlan,
  readOutcome,
  readRun,
  removeOutcome,
  requestCancel,
  touchRun,
  writeOutcome,
  writeRun,
} from '../../../src/executors/jobs/folder.ts';
import { dagmanLog } from '../../../src/executors/pegasus/dagman.ts';
import { progressOf } from '../../../src/executors/pegasus/progress.ts';
import {
  discardPlan,
  isMonitored,
  planWrittenMs,
  submitFolder,
} from '../../../src/executors/pegasus/workflow-folder.ts';
import { openLog } from '../../../src/executors/workers/worker.ts';
import { DETECTED_OPERATIONS, Decoy } from '../../support/decoy.ts';

const TOKEN = 'c1-batch-001-0123456789ab';
const GROUP = 'slurm-0123456789ab';
const CYCLE = 'cycle-000001';
const OUTCOME = { token: TOKEN, run: 'r', how: 'completed', exitCode: 0, signal: null, detail: '' } as const;
const RUN = { run: 'r', node: 'n', jobId: '1' };

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'cryoem-executors-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const workflow = () => join(top, 'session', 'workflow');
const cycle = () => join(workflow(), CYCLE);
const group = () => join(cycle(), GROUP);

const jobPlan = (): JobPlan => ({
  version: 1,
  command: ['true'],
  threads: null,
  graceMs: 1,
  heartbeatMs: 1,
  tasks: [
    [{ token: TOKEN, batchPath: join(cycle(), 'batch-001.json'), logPath: join(cycle(), 'batch-001.log') }],
  ],
});

/** Files of a group of jobs, below a folder. */
const filesIn = (folder: string) =>
  Object.fromEntries(
    ['tasks.json', '1.run', `${TOKEN}.end`, `${TOKEN}.cancel`, 'task-1.log', 'job.sh'].map((name) => [
      join(folder, name),
      'precious',
    ]),
  );

/** Does everything that the executors and their jobs do in such folders. */
async function useFolders(): Promise<void> {
  const [entry] = jobPlan().tasks.flat();
  const layout = tokenLayout('slurm', 'service0');
  const operations: (() => Promise<unknown>)[] = [
    () => writeGroupFolder(group(), [{ name: 'job.sh', content: '' }], jobPlan()),
    () => readJobPlan(group()),
    () => writeRun(group(), 1, RUN),
    () => readRun(group(), 1),
    () => touchRun(group(), 1),
    () => lastHeartbeat(group(), 1),
    () => writeOutcome(group(), OUTCOME),
    () => listFolder(group()),
    () => readOutcome(group(), TOKEN),
    () => requestCancel(group(), TOKEN),
    () => isCancelRequested(group(), TOKEN),
    () => readLogTail(group(), 1),
    () => namesIn(cycle()),
    () => layout.find(cycle()),
    () => openLog(entry!).then((log) => log.appendFile('line').finally(() => log.close())),
    () => progressOf(cycle()),
    () => dagmanLog(submitFolder(cycle())),
    () => isMonitored(cycle()),
    () => planWrittenMs(cycle()),
    () => discardPlan(cycle()),
    () => removeOutcome(group(), TOKEN),
    () => layout.discard(group()),
  ];
  for (const operation of operations) await operation().catch(() => undefined);
}

describe('links in the folders of jobs', () => {
  it.each([
    ['workflow', ''],
    [join('workflow', CYCLE), CYCLE],
    [join('workflow', CYCLE, GROUP), join(CYCLE, GROUP)],
    [join('workflow', CYCLE, 'submit'), join(CYCLE, 'submit')],
    ...['tasks.json', '1.run', `${TOKEN}.end`, `${TOKEN}.cancel`, 'task-1.log', 'job.sh'].map((name) => [
      join('workflow', CYCLE, GROUP, name),
      join(CYCLE, GROUP, name),
    ]),
    [join('workflow', CYCLE, 'batch-001.log'), join(CYCLE, 'batch-001.log')],
  ])(`do not cause their targets to be ${DETECTED_OPERATIONS}: %s`, async (linkPath, target) => {
    const decoy = new Decoy(join(top, 'elsewhere'), {
      ...filesIn(join(CYCLE, GROUP)),
      [join(CYCLE, 'batch-001.log')]: 'precious',
      [join(CYCLE, 'submit', 'jobstate.log')]: 'precious',
      [join(CYCLE, 'submit', 'x.dag.dagman.out')]: 'precious',
    });
    const path = join(top, 'session', linkPath);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(decoy.at(target), path);
    await useFolders();
    expect(decoy.accesses()).toEqual([]);
  });
});

it('a directory at the path of the log of a job is an empty log', async () => {
  mkdirSync(join(group(), logName(1)), { recursive: true });
  expect(await readLogTail(group(), 1)).toBe('');
});
