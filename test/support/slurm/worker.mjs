// A worker for tests on a cluster. Its batch file contains
// { "slurm": { "folder": DIR, "action": "wait" | "allocate" | "report" } }.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const batchPath = process.argv.find((argument) => argument.endsWith('.json'));
const { folder, action } = JSON.parse(readFileSync(batchPath, 'utf8')).slurm;
const { CUDA_VISIBLE_DEVICES: gpu, CRYOEM_JOB_LOCATION: jobLocation, GREETING: greeting } = process.env;
const threads = process.argv[process.argv.indexOf('--threads') + 1];
const report = {
  event: 'start',
  name: basename(batchPath, '.json'),
  gpu,
  jobLocation: JSON.parse(jobLocation),
  greeting,
  threads,
};
appendFileSync(join(folder, 'events'), `${JSON.stringify({ ...report, pid: process.pid })}\n`);
process.on('SIGTERM', () => process.exit(130));
process.stdin.on('end', () => process.exit(130)).resume();

if (action === 'report') process.exit(0);
// 0.5 GiB, with every page written to, so that the memory is really allocated. The global object references
// it, because V8 may release unreferenced memory before Slurm, which checks once a second, has measured it.
globalThis.allocated = [];
if (action === 'allocate')
  for (let i = 0; i < 16; i++) globalThis.allocated.push(Buffer.alloc(32 * 1024 * 1024, 1));
setInterval(() => existsSync(join(folder, 'continue')) && process.exit(0), 20);
