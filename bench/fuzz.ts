/**
 * Damages valid files of every format and reads them. Each file must be read, or fail with an error that has
 * a code and a position, in limited memory and without hanging. No progress for HANG_TIMEOUT_MS counts as
 * hanging.
 *   npm run bench -- fuzz [files=100000] [seed=0]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type FuzzTally, fuzz } from '../test/support/fuzz/run.ts';

const HANG_TIMEOUT_MS = 60_000;
/**
 * Maximum memory growth: two frames of the maximum size, and a margin for the garbage collector.
 */
const MAX_GROWTH_MIB = 512;

type Message = { readonly file: number; readonly name: string } | { readonly tally: FuzzTally };

export async function run(args: string[]): Promise<void> {
  const [files = 100_000, seed = 0] = args.map(Number);
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const cpuBefore = process.cpuUsage();
  const rssBefore = process.resourceUsage().maxRSS;
  try {
    const tally = await inWorker({ files, seed, scratch: join(folder, 'damaged') });
    const growth = (process.resourceUsage().maxRSS - rssBefore) / 1024;
    const { user, system } = process.cpuUsage(cpuBefore);
    for (const [name, endings] of tally.endings)
      console.log(`${name.padEnd(30)} ${[...endings].map(([ending, n]) => `${ending} ${n}`).join(', ')}`);
    console.log(
      `${tally.files} files, ${((user + system) / 1e6).toFixed(0)} s of CPU, slowest ${tally.slowestMs.toFixed(0)} ms: ${tally.slowestFile}`,
    );
    console.log(`memory grew by ${growth.toFixed(0)} MiB, at most ${MAX_GROWTH_MIB} allowed`);
    if (growth > MAX_GROWTH_MIB) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The watchdog runs outside the worker, because a reader in an endless loop does not respond. */
function inWorker(options: Parameters<typeof fuzz>[0]): Promise<FuzzTally> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: options });
    let lastFile = 'no file yet';
    const onTimeout = () => {
      void worker.terminate();
      reject(new Error(`no progress for ${HANG_TIMEOUT_MS} ms after ${lastFile}`));
    };
    let timer = setTimeout(onTimeout, HANG_TIMEOUT_MS);
    worker.on('message', (message: Message) => {
      clearTimeout(timer);
      if ('tally' in message) return resolve(message.tally);
      lastFile = `file ${message.file} (${message.name})`;
      timer = setTimeout(onTimeout, HANG_TIMEOUT_MS);
    });
    worker.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

/**
 * Files per progress message: enough that the messages cost nothing, few enough to find a file that hangs.
 */
const REPORT_EVERY = 100;

if (!isMainThread) {
  const tally = fuzz(workerData as Parameters<typeof fuzz>[0], (file, name) => {
    if (file % REPORT_EVERY === 0) parentPort!.postMessage({ file, name } satisfies Message);
  });
  parentPort!.postMessage({ tally } satisfies Message);
}
