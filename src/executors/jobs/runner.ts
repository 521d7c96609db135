// The program that a job runs on its node: node runner.ts FOLDER [TASK]. See run-task.ts. The scripts of
// queued jobs contain the path of this file, so it must not be moved.
import { readJobEnvironment } from './job-environment.ts';
import { runTask } from './run-task.ts';

const [folder, task] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node runner.ts FOLDER [TASK], within a job of a scheduler');
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
await runTask(folder, readJobEnvironment(process.env, task === undefined ? null : Number(task)), stop.signal);
process.exit(0);
