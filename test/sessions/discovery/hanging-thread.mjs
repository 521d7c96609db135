// Replaces the discovery thread in tests: the scan of a session whose folder contains the word "hung" hangs,
// as on a dead mount, until the file "release" exists in that folder.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

const [TASK, STEP, IDLE, LISTING] = [0, 1, 0, -1];
const activity = new Int32Array(workerData.activity);
const never = new Int32Array(new SharedArrayBuffer(4));
const watchRequests = new Map();
let listsSessions = workerData.listsSessions;

const begin = (task) => {
  Atomics.store(activity, TASK, task);
  Atomics.add(activity, STEP, 1);
};
const hangUntilReleased = (folder) => {
  while (!existsSync(join(folder, 'release'))) Atomics.wait(never, 0, 0, 20);
};
parentPort.on('message', (message) => {
  if (message.type === 'watch') watchRequests.set(message.request.id, message.request);
  if (message.type === 'unwatch') watchRequests.delete(message.id);
  if (message.type === 'list') listsSessions = true;
  if (message.type === 'request') {
    if (message.input.raw.includes('hung')) hangUntilReleased(dirname(message.input.raw));
    parentPort.postMessage({ ...message, type: 'response', response: { values: {}, instrument: null } });
  }
});
for (;;) {
  if (listsSessions) {
    begin(LISTING);
    if (workerData.sessionDir.includes('hung')) hangUntilReleased(workerData.sessionDir);
    parentPort.postMessage({ type: 'sessions', sessions: [], unreadable: [] });
  }
  for (const { id, raw } of watchRequests.values()) {
    begin(id);
    if (raw.includes('hung')) hangUntilReleased(dirname(raw));
    parentPort.postMessage({
      type: 'scan',
      report: { id, problem: null, warnings: [], changes: [], gains: [] },
    });
  }
  begin(IDLE);
  await new Promise((resolve) => setTimeout(resolve, 10));
}
