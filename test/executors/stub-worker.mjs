// A worker for tests of executors. Its batch file defines the action; it processes no movies.
// { "stub": { "folder": DIR, "action": ACTION, "code"?: N } }, with an action of process-fixture.ts
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';

const batchPath = process.argv.find((argument) => argument.endsWith('.json'));
const { folder, action, code = 0 } = JSON.parse(readFileSync(batchPath, 'utf8')).stub;
const name = basename(batchPath, '.json');
const logEvent = (line) => appendFileSync(join(folder, 'events'), `${line}\n`);
const end = (exitCode) => {
  logEvent(`end ${name}`);
  process.exit(exitCode);
};

if (action === 'family') {
  const script = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1e6);";
  const child = spawn(process.execPath, ['-e', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise((ready) => child.stdout.once('data', ready));
  writeFileSync(join(folder, `${name}.child`), String(child.pid));
}
if (action === 'stubborn') process.on('SIGTERM', () => logEvent(`SIGTERM ${name}`));
else process.on('SIGTERM', () => end(130));
writeFileSync(join(folder, `${name}.pid`), String(process.pid));
logEvent(`start ${name}`);

const sendHeartbeat = () => writeSync(Number(process.env.CRYOEM_HEARTBEAT_FD), '.');
// One heartbeat, then none: a process that is stopped, and one in a call that never returns.
if (action === 'frozen' || action === 'blocked') sendHeartbeat();
if (action === 'frozen') process.kill(process.pid, 'SIGSTOP');
if (action === 'blocked') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
if (action === 'heartbeats') setInterval(sendHeartbeat, 50);
if (action === 'exit') end(code);
const continuePath = join(folder, 'continue');
setInterval(() => existsSync(continuePath) && end(code), 20);
