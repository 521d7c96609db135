import { createRandom } from '../../../src/base/random.ts';
import { corpus } from './corpus.ts';
import { judge } from './judge.ts';
import { mutate } from './mutate.ts';

export interface FuzzTally {
  readonly files: number;
  /** Number of files by format and result. */
  readonly endings: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** CPU time of the slowest file, and its name. */
  readonly slowestMs: number;
  readonly slowestFile: string;
}

/**
 * Damages files of all formats in turn and reads them.
 * @param scratch - path of a file that may be overwritten
 * @param onFile - called before each file, with its number and format
 * @throws Error with the number and the format of the first file that violates a rule
 */
export function fuzz(
  options: { readonly files: number; readonly seed: number; readonly scratch: string },
  onFile: (file: number, name: string) => void = () => undefined,
): FuzzTally {
  const { files, seed, scratch } = options;
  const originals = corpus(scratch);
  const endings = new Map<string, Map<string, number>>();
  let slowestMs = 0;
  let slowestFile = '';
  for (const { kind, name, bytes } of originals) {
    const ending = judge(kind, bytes, scratch);
    if (ending !== 'read') throw new Error(`the undamaged ${name} ends with ${ending}`);
  }
  for (let file = 0; file < files; file++) {
    const { kind, name, bytes } = originals[file % originals.length]!;
    onFile(file, name);
    const damagedBytes = mutate(bytes, createRandom(seed + file).uint32);
    const startUsage = process.cpuUsage();
    try {
      const ending = judge(kind, damagedBytes, scratch);
      const tally = endings.get(name) ?? new Map<string, number>();
      endings.set(name, tally.set(ending, (tally.get(ending) ?? 0) + 1));
    } catch (error) {
      throw new Error(`damaged file ${file} (seed ${seed}), ${name}: ${String(error)}`, { cause: error });
    }
    const { user, system } = process.cpuUsage(startUsage);
    const ms = (user + system) / 1000;
    if (ms > slowestMs) [slowestMs, slowestFile] = [ms, `${file} (${name})`];
  }
  return { files, endings, slowestMs, slowestFile };
}
