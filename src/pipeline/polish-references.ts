import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolderBelow, withFolderBelow } from '../base/below.ts';
import type { Boundary } from '../base/real-path.ts';
import { CodedError } from '../contract/errors.ts';
import type { GainSetting } from '../contract/recipe.ts';
import { hasUsualSense } from '../engine/motion/gain.ts';
import type { GainTarget } from '../engine/motion/gain-size.ts';
import type { Boundaries, LoadedReferences } from '../engine/ports.ts';
import { inspectMovie } from '../formats/open.ts';
import { isBoxText, writeDefectMap, writeGainFile } from './programs/references.ts';
import { canonicalJson } from './recipe.ts';
import { boundariesOf, outputFoldersOf, type Run } from './run.ts';

/** Files of gain and defects to which the STAR file of a movie refers; null: none. */
export interface ReferencePaths {
  readonly gainPath: string | null;
  readonly defectPath: string | null;
}

/** Below `processed/`. */
const REFERENCES_FOLDER = 'references';

/**
 * Gain and defects for RELION's polishing, which reads the movie again and multiplies it by the gain in the
 * movie's STAR file, without rotation. Therefore, a gain that must be rotated, or that RELION cannot read, is
 * converted, and so is a defect map; each is written once and shared by the movies of a session.
 */
export class PolishReferences {
  readonly #run: Run;
  readonly #within: Boundaries;
  #paths: ReferencePaths | null = null;
  /** Final paths of new files -> their current paths in the scratch folder. */
  readonly #newFiles = new Map<string, string>();

  constructor(run: Run) {
    this.#run = run;
    this.#within = boundariesOf(run.batch);
  }

  /**
   * Writes the files that do not exist yet, from the references that the aligner has read.
   * @throws CodedError GAIN_*, DEFECTS_UNREADABLE; the file system's error
   */
  writeMissing({ movie, gain, mappedDefects }: LoadedReferences): void {
    const { gain: setting, defectMapPath } = this.#run.batch.recipe;
    this.#paths = {
      gainPath:
        setting &&
        gain &&
        this.#gainPath(setting, movie, (path) => writeGainFile(path, gain, movie.eer !== undefined)),
      defectPath:
        defectMapPath &&
        mappedDefects &&
        this.#defectPath(defectMapPath, movie, (path) => writeDefectMap(path, mappedDefects)),
    };
  }

  /** Moves the new files into their directory. @throws the file system's error */
  async publish(): Promise<ReferencePaths> {
    const { gain, defectMapPath } = this.#run.batch.recipe;
    if (this.#paths === null) {
      if (gain === null && defectMapPath === null) return { gainPath: null, defectPath: null };
      throw new CodedError(
        'INTERNAL',
        'The program that corrects the motion did not provide its references.',
      );
    }
    const { root } = outputFoldersOf(this.#run.batch);
    for (const [path, scratchPath] of this.#newFiles) {
      await makeFolderBelow(root, dirname(path));
      await withFolderBelow(root, dirname(path), async (references) => {
        await rename(scratchPath, references.pathOf(basename(path)));
        await references.sync();
      });
    }
    this.#newFiles.clear();
    return this.#paths;
  }

  #gainPath(setting: GainSetting, movie: GainTarget, write: (path: string) => void): string {
    const target = targetOf(movie);
    const isUnchanged = setting.rotate === 0 && setting.flip === 0 && hasUsualSense(setting, target);
    if (isUnchanged && canReadUnconverted(setting.path, target, this.#within.gain)) return setting.path;
    return this.#sharedFile('gain', [setting, target, identityOf(setting.path)], write);
  }

  #defectPath(path: string, { width, height }: GainTarget, write: (path: string) => void): string {
    if (/\.txt$/.test(path) && isBoxText(path, this.#within.defects)) return path;
    return this.#sharedFile('defects', [path, width, height, identityOf(path)], write);
  }

  /** A file that depends on `key` alone, created atomically if it does not exist yet. */
  #sharedFile(prefix: string, key: unknown, write: (path: string) => void): string {
    const hash = createHash('sha256').update(canonicalJson(key)).digest('hex').slice(0, 8);
    const name = `${prefix}-${hash}.mrc`;
    const path = join(this.#run.batch.processedDir, REFERENCES_FOLDER, name);
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile()) return path;
    const { scratchDir } = this.#run.staging;
    mkdirSync(scratchDir, { recursive: true });
    const scratchPath = join(scratchDir, name);
    write(scratchPath);
    this.#newFiles.set(path, scratchPath);
    return path;
  }
}

/** Properties of a movie on which the converted gain depends. */
const targetOf = ({ width, height, eer }: GainTarget): GainTarget =>
  eer ? { format: 'eer', width, height, eer } : { format: 'mrc', width, height };

/**
 * Whether RELION can read a gain without conversion: it detects the format from the extension, and requires
 * the size of the movie; for EER, the size of the sensor is accepted.
 */
function canReadUnconverted(path: string, { width, height, eer }: GainTarget, within: Boundary): boolean {
  if (eer && /\.gain$/i.test(path)) return true;
  if (!/\.(mrc|tiff?)$/.test(path)) return false;
  const inspection = inspectMovie(path, within);
  if (!inspection.complete || inspection.structure.isStoredAsFloat64) return false;
  const scales = eer ? [1, eer.upsampling] : [1];
  return scales.some(
    (scale) => inspection.structure.width * scale === width && inspection.structure.height * scale === height,
  );
}

function identityOf(path: string): readonly number[] {
  const { size, mtimeMs } = statSync(path);
  return [size, mtimeMs];
}
