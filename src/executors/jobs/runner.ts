// What a job runs on its node: node runner.ts FOLDER [TASK]. See run-task.ts.
import { jobEnvironment, runTask } from './run-task.ts';

const [folder, task] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node runner.ts FOLDER [TASK], within a job of Slurm');
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
await runTask(folder, jobEnvironment(process.env, task === undefined ? null : Number(task)), stop.signal);
process.exit(0);
