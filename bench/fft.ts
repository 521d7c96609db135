import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  blockCount,
  PAIR_BYTES,
  pitchBytes,
  planBytes,
  scratchBytes,
  writeColumnPlan,
  writeRowPlan,
} from '../src/engine/fft/plan.ts';
import { loadFftKernel } from '../src/engine/kernels/load.ts';
import { Arena, createMemory } from '../src/engine/memory/arena.ts';

const SIZES = [
  [1024, 1024],
  [4096, 4096],
  [5760, 4096],
] as const;
const ROUNDS = 5;
const REPEATS = 2;

type Times = { forward: number[]; inverse: number[] };
const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/**
 * CPU milliseconds (medians) of the 2D real transform on one thread, compared with the system's FFTW
 * (FFTW_MEASURE, out of place) if gcc and libfftw3-dev are installed. The runs of the two alternate, so that
 * other load on the machine affects both equally.
 */
export async function run(_args: string[]): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-fft-'));
  try {
    const peer = compilePeer(directory);
    for (const [width, height] of SIZES) {
      const measure = createMeasurement(width, height);
      const builtin: Times = { forward: [], inverse: [] };
      const fftw: Times = { forward: [], inverse: [] };
      for (let repeat = 0; repeat < REPEATS; repeat++) {
        for (let round = 0; round < ROUNDS; round++) measure(builtin);
        if (peer) measurePeer(peer, width, height, fftw);
      }
      const [forward, inverse] = [median(builtin.forward), median(builtin.inverse)];
      const line = `fft ${width}x${height}: forward ${forward.toFixed(1)} ms, inverse ${inverse.toFixed(1)} ms`;
      if (!peer) console.log(line);
      else {
        const [peerForward, peerInverse] = [median(fftw.forward), median(fftw.inverse)];
        const ratio = (forward + inverse) / (peerForward + peerInverse);
        console.log(
          `${line}; FFTW ${peerForward.toFixed(1)} and ${peerInverse.toFixed(1)} ms; ratio built-in / FFTW ${ratio.toFixed(2)}`,
        );
      }
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Returns a function that measures one forward and one inverse transform in place. */
function createMeasurement(width: number, height: number): (times: Times) => void {
  const pitch = pitchBytes(width);
  const memory = createMemory(
    planBytes(width, height) + scratchBytes(width, height) + pitch * height + 2 ** 20,
  );
  const arena = new Arena(memory);
  const rows = writeRowPlan(arena, width);
  const columns = writeColumnPlan(arena, height);
  const scratch = arena.allocate(scratchBytes(width, height));
  const base = arena.allocate(pitch * height);
  const values = arena.float32(base, (pitch / 4) * height);
  const fft = loadFftKernel(memory);
  const blocks = blockCount(width);
  return (times) => {
    for (let i = 0; i < values.length; i++) values[i] = (i % 17) - 8;
    times.forward.push(
      cpuMilliseconds(() => {
        fft.rowsForward(rows, base, pitch, base, pitch, PAIR_BYTES, blocks, height, scratch);
        fft.columns(columns, base, pitch, PAIR_BYTES, 0, blocks, 0, 1, scratch);
      }),
    );
    times.inverse.push(
      cpuMilliseconds(() => {
        fft.columns(columns, base, pitch, PAIR_BYTES, 0, blocks, 1, 1, scratch);
        fft.rowsInverse(rows, base, pitch, PAIR_BYTES, base, pitch, height, 1 / (width * height), scratch);
      }),
    );
  };
}

function cpuMilliseconds(action: () => void): number {
  const before = process.threadCpuUsage();
  action();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1e3;
}

/** Compiles the FFTW driver and returns its path; if that fails, prints what it requires and returns null. */
function compilePeer(directory: string): string | null {
  const program = join(directory, 'fftw-2d');
  const source = new URL('./peers/fftw-2d.c', import.meta.url).pathname;
  const result = spawnSync('gcc', ['-O2', source, '-o', program, '-lfftw3f', '-lm'], { encoding: 'utf8' });
  if (result.status === 0) return program;
  console.log('FFTW: not measured; requires gcc and libfftw3-dev (apt-get install -y gcc libfftw3-dev)');
  return null;
}

function measurePeer(program: string, width: number, height: number, times: Times): void {
  const result = spawnSync(program, [String(width), String(height), String(ROUNDS)], { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`the FFTW driver failed: ${result.stderr}`);
  for (const line of result.stdout.trim().split('\n')) {
    const [forward, inverse] = line.split(' ').map(Number);
    times.forward.push(forward!);
    times.inverse.push(inverse!);
  }
}
