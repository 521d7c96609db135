import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Parts of the repository that are needed to run commands, generate the docs and run the compiler. */
const COPIED_FOLDERS = ['src', 'web/src', 'test', 'bench', 'bin', 'scripts', 'docs'];
const COPIED_FILES = [
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'web/tsconfig.json',
  'web/vite.config.ts',
];

export interface RunResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * A copy of the repository in a temporary directory, which can be changed and run. It uses the packages of
 * the original.
 */
export class ScratchCopy {
  readonly directory = mkdtempSync(join(tmpdir(), 'cryoem-scratch-'));

  constructor() {
    for (const path of [...COPIED_FOLDERS, ...COPIED_FILES])
      cpSync(path, join(this.directory, path), {
        recursive: true,
        filter: (source) => !source.endsWith('docs/pictures'),
      });
    symlinkSync(resolve('node_modules'), join(this.directory, 'node_modules'));
  }

  read(path: string): string {
    return readFileSync(join(this.directory, path), 'utf8');
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.directory, path), text);
  }

  /** Inserts `addition` before the only occurrence of `mark`. */
  insertBefore(path: string, mark: string, addition: string): void {
    const text = this.read(path);
    const position = text.indexOf(mark);
    if (position < 0 || text.includes(mark, position + 1))
      throw new Error(`${path} does not contain "${mark}" exactly once`);
    this.write(path, `${text.slice(0, position)}${addition}${text.slice(position)}`);
  }

  /** Runs Node.js in the copy. */
  node(...args: string[]): Promise<RunResult> {
    return new Promise((done) => {
      const options = { cwd: this.directory, maxBuffer: 64 * 1024 * 1024 };
      execFile(process.execPath, args, options, (error, out, err) =>
        done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
      );
    });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
