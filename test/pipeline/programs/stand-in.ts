import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_PROGRAM_SETTINGS, type ProgramSettings } from '../../../src/contract/programs.ts';
import { DEFAULT_CTF_SEARCH } from '../../../src/contract/recipe.ts';
import type { CtfRequest } from '../../../src/engine/ports.ts';
import { writeMrc } from '../../../src/formats/mrc/write.ts';
import { simulateMicrograph, TYPICAL_TRUTH } from '../../engine/ctf/simulate.ts';

/** Settings for a micrograph with clear Thon rings. */
const CLEAR_RINGS = { ...TYPICAL_TRUTH, signal: 2, bFactorA2: 40 };

/**
 * Stand-ins for programs that are not available here (CTFFIND, Gctf: licences, GPU): small scripts that write
 * outputs with the documented structure. They test only our adapters, not the programs themselves.
 */
export class StandIns {
  readonly top = mkdtempSync(join(tmpdir(), 'cryoem-programs-'));
  private count = 0;

  /**
   * An executable that runs this JavaScript (CommonJS), with `fs`, `path`, `args` and `answers` (lines of its
   * input).
   */
  script(body: string): string {
    const path = join(this.top, `program-${++this.count}.cjs`);
    const head = `#!${process.execPath}
const fs = require('node:fs'); const path = require('node:path'); const args = process.argv.slice(2);
let answers = []; try { answers = fs.readFileSync(0, 'utf8').split('\\n'); } catch {}
`;
    writeFileSync(path, head + body);
    chmodSync(path, 0o755);
    return path;
  }

  /** Creates a work directory with the micrograph X.mrc next to it. */
  createWorkDir(image: Float32Array = simulatedMicrograph()) {
    const folder = join(this.top, `folder-${++this.count}`);
    const workDir = join(folder, 'work');
    mkdirSync(workDir, { recursive: true });
    const micrographPath = join(folder, 'X.mrc');
    writeMrc(
      micrographPath,
      { width: CLEAR_RINGS.size, height: CLEAR_RINGS.size, data: image },
      CLEAR_RINGS.pixelSizeA,
    );
    return { workDir, micrographPath };
  }

  /** Writes an MRC image of 64x64 pixels for scripts to copy. Returns its path. */
  writeImage(): string {
    const path = join(this.top, 'picture.mrc');
    const data = Float32Array.from({ length: 64 * 64 }, (_, i) => Math.sin(i / 7));
    writeMrc(path, { width: 64, height: 64, data }, null);
    return path;
  }

  remove(): void {
    rmSync(this.top, { recursive: true, force: true });
  }
}

let cachedMicrograph: Float32Array | null = null;
/** A simulated micrograph at 1.5 um underfocus, without astigmatism. */
export const simulatedMicrograph = (): Float32Array => {
  cachedMicrograph ??= simulateMicrograph(CLEAR_RINGS);
  return cachedMicrograph;
};

export const requestOf = (changes: Partial<CtfRequest> = {}): CtfRequest => ({
  image: simulatedMicrograph(),
  width: CLEAR_RINGS.size,
  height: CLEAR_RINGS.size,
  pixelSizeA: CLEAR_RINGS.pixelSizeA,
  voltageKv: CLEAR_RINGS.voltageKv,
  csMm: CLEAR_RINGS.csMm,
  amplitudeContrast: CLEAR_RINGS.amplitudeContrast,
  search: DEFAULT_CTF_SEARCH,
  ...changes,
});

export const settingsOf = (changes: Partial<ProgramSettings>): ProgramSettings => ({
  ...DEFAULT_PROGRAM_SETTINGS,
  ...changes,
});

/** Whether a process is running. A zombie is not, but systems other than Linux report zombies as running. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    if (process.platform === 'linux') return false;
  }
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/**
 * A script that prints a line, starts a child, writes the pid of the child to `pidFile`, and hangs. Both
 * processes ignore SIGTERM.
 */
export const hangingScript = (pidFile: string) => `
process.on('SIGTERM', () => {});
const child = require('node:child_process').spawn(process.execPath, ['-e', 'process.on("SIGTERM",()=>{});setInterval(()=>{},1000)'], { stdio: 'inherit' });
console.log('searching');
fs.writeFileSync(${JSON.stringify(pidFile)} + '.tmp', String(child.pid)); fs.renameSync(${JSON.stringify(pidFile)} + '.tmp', ${JSON.stringify(pidFile)});
setInterval(() => {}, 1000);
`;
