import { join } from 'node:path';
import { withFolderBelow } from '../base/below.ts';
import type { RealFolder } from '../base/real-folder.ts';
import { CodedError } from '../contract/errors.ts';
import type { OutputRole, ResultRecord } from '../contract/record.ts';
import { openInputFile } from '../formats/input-file.ts';
import { openMrc } from '../formats/mrc/read.ts';
import type { Micrograph } from './align-step.ts';
import { outputFoldersOf, type Run } from './run.ts';
import { SUM_ROLES } from './sums.ts';

/** Outputs that depend on the alignment alone and are kept if only the CTF is repeated. */
const KEPT_ROLES: readonly OutputRole[] = [
  ...SUM_ROLES,
  'motionStar',
  'alignLog',
  'thumbnail',
  'gainPicture',
];

/**
 * The micrograph of an earlier run whose alignment is still valid, from its MRC file; its outputs, step and
 * warnings become those of this run.
 * @param oldRecord - with motion and statistics, see `remainingWork`
 * @throws CodedError of the reader if the file cannot be read
 */
export async function keptMicrograph(run: Run, oldRecord: ResultRecord): Promise<Micrograph> {
  const { motion, statistics, replacedPixels, gainCheck } = oldRecord;
  const { sum: sumName } = oldRecord.files;
  if (motion === null || statistics === null || sumName === undefined)
    throw new CodedError('INTERNAL', 'The existing record has no motion result and cannot be reused.');
  for (const role of KEPT_ROLES) if (oldRecord.files[role]) run.files[role] = oldRecord.files[role];
  run.steps.push(...oldRecord.steps.filter((step) => step.name === 'align'));
  run.warnings.push(...oldRecord.warnings.filter((warning) => warning.startsWith('align: ')));
  const path = join(run.batch.processedDir, sumName);
  const { width, height, pixelSizeA } = statistics;
  const { root, processed } = outputFoldersOf(run.batch);
  const sum = await withFolderBelow(root, processed, async (folder) =>
    readSum(folder, sumName, width, height),
  );
  const rest = { motion, statistics, replacedPixels, gainCheck };
  return { sum, width, height, pixelSizeA, path, isReadableByPrograms: false, ...rest };
}

/** Reads an MRC file of one image, mode 2 or 12, that the pipeline wrote. */
function readSum(folder: RealFolder, name: string, width: number, height: number): Float32Array {
  const path = folder.pathOf(name);
  const file = openInputFile(path, join(folder.realPath(), name));
  const reader = openMrc(file);
  try {
    if (reader.width !== width || reader.height !== height || reader.pixelType !== 'f32')
      throw new CodedError('INTERNAL', 'The micrograph does not match the record.', {
        file: path,
        expected: `${width}x${height} f32`,
        found: `${reader.width}x${reader.height} ${reader.pixelType}`,
      });
    const sum = new Float32Array(width * height);
    reader.readFrame(0, new Uint8Array(sum.buffer));
    return sum;
  } finally {
    reader.close();
  }
}
