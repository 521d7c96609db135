// What a job runs on its node: node runner.ts FOLDER. See run-task.ts.
import { jobEnvironment, runTask } from './run-task.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: node runner.ts FOLDER, within a job of Slurm');
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
await runTask(folder, jobEnvironment(process.env), stop.signal);
process.exit(0);
