// A worker for tests of executors that acts according to its batch file: no movies, no clocks.
// { "stub": { "marks": DIR, "action": "exit" | "hold" | "stubborn" | "family", "code"?: N } }
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const batchPath = process.argv.find((argument) => argument.endsWith('.json'));
const { marks, action, code = 0 } = JSON.parse(readFileSync(batchPath, 'utf8')).stub;
const name = basename(batchPath, '.json');
const note = (line) => appendFileSync(join(marks, 'events'), `${line}\n`);
const end = (exitCode) => {
  note(`end ${name}`);
  process.exit(exitCode);
};

if (action === 'family') {
  const script = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1e6);";
  const child = spawn(process.execPath, ['-e', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise((up) => child.stdout.once('data', up));
  writeFileSync(join(marks, `${name}.child`), String(child.pid));
}
if (action === 'stubborn') process.on('SIGTERM', () => note(`SIGTERM ${name}`));
else process.on('SIGTERM', () => end(130));
writeFileSync(join(marks, `${name}.pid`), String(process.pid));
note(`start ${name}`);

if (action === 'exit') end(code);
const release = join(marks, 'release');
setInterval(() => existsSync(release) && end(code), 20);
