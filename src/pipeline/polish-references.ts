import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory, syncDirectory } from '../base/durable-file.ts';
import type { GainSetting } from '../contract/recipe.ts';
import { addMappedDefects, PixelSet } from '../engine/motion/defects.ts';
import { loadGain } from '../engine/motion/gain.ts';
import type { GainTarget } from '../engine/motion/gain-size.ts';
import type { AlignOutcome } from '../engine/ports.ts';
import { inspectMovie } from '../formats/open.ts';
import { isBoxText, writeDefectMap, writeGainFile } from './programs/references.ts';
import { canonicalJson } from './recipe.ts';
import type { Run } from './run.ts';

/**
 * Gain and defects as RELION's polishing takes them. It reads the movie again and multiplies by the gain that the movie's STAR file
 * names, as it lies: it knows of no rotation. So a gain that has to be turned, or that RELION cannot read, is named in a form that is
 * right as it lies, and so is a defect map; each is written once and shared by the movies of a session.
 */
export interface PolishReferences {
  readonly gainPath: string | null;
  readonly defectPath: string | null;
}

/** Below `processed/`. */
export const REFERENCES_FOLDER = 'references';

type PolishedMovie = Pick<AlignOutcome, 'movieWidth' | 'movieHeight' | 'eer'>;

/** @throws CodedError GAIN_*, DEFECTS_UNREADABLE, DISK_FULL, OUTPUT_NOT_WRITABLE */
export async function polishReferences(run: Run, aligned: PolishedMovie): Promise<PolishReferences> {
  const { gain, defectMapPath } = run.order.recipe;
  return {
    gainPath: gain && (await gainFor(run, gain, aligned)),
    defectPath: defectMapPath && (await defectsFor(run, defectMapPath, aligned)),
  };
}

function targetOf({ movieWidth, movieHeight, eer }: PolishedMovie): GainTarget {
  const size = { width: movieWidth, height: movieHeight };
  return eer ? { format: 'eer', ...size, eer } : { format: 'mrc', ...size };
}

async function gainFor(run: Run, setting: GainSetting, aligned: PolishedMovie): Promise<string> {
  const target = targetOf(aligned);
  if (setting.rotate === 0 && setting.flip === 0 && isReadAsItLies(setting.path, target)) return setting.path;
  return shared(run, 'gain', [setting, target, identityOf(setting.path)], (path) => {
    writeGainFile(path, loadGain(setting, target).image, target.eer !== undefined);
  });
}

/** RELION goes by the extension of a name, and wants the size of the movie; of EER the size of the sensor will do. */
function isReadAsItLies(path: string, { width, height, eer }: GainTarget): boolean {
  if (eer && /\.gain$/i.test(path)) return true;
  if (!/\.(mrc|tiff?)$/.test(path)) return false;
  const found = inspectMovie(path);
  if (!found.complete) return false;
  const scales = eer ? [1, eer.upsampling] : [1];
  return scales.some(
    (scale) => found.structure.width * scale === width && found.structure.height * scale === height,
  );
}

async function defectsFor(run: Run, path: string, aligned: PolishedMovie): Promise<string> {
  if (/\.txt$/.test(path) && isBoxText(path)) return path;
  const { movieWidth: width, movieHeight: height } = aligned;
  return shared(run, 'defects', [path, width, height, identityOf(path)], (target) => {
    const bad = new PixelSet(width, height);
    addMappedDefects(bad, path);
    writeDefectMap(target, bad);
  });
}

/** A file that depends on `key` alone, made where it is not there yet; it appears whole. */
async function shared(run: Run, what: string, key: unknown, write: (path: string) => void): Promise<string> {
  const hash = createHash('sha256').update(canonicalJson(key)).digest('hex').slice(0, 8);
  const name = `${what}-${hash}.mrc`;
  const folder = join(run.order.processedDir, REFERENCES_FOLDER);
  const path = join(folder, name);
  if (existsSync(path)) return path;
  const part = join(run.staging.workDir, name);
  write(part);
  await makeDirectory(folder);
  await rename(part, path);
  await syncDirectory(folder);
  return path;
}

function identityOf(path: string): readonly number[] {
  const { size, mtimeMs } = statSync(path);
  return [size, mtimeMs];
}
