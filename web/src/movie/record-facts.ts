import type { MovieMetadata } from '../../../src/contract/metadata.ts';
import type { ResultRecord } from '../../../src/contract/record.ts';
import { bytesText, dateTimeText, fileTimeText, numberText } from '../data/format.ts';
import { metricWords } from '../data/metric-words.ts';
import { NONE } from '../data/words.ts';
import { movieWords } from './words.ts';

export type Fact = readonly [label: string, value: string];

/** Measured values that are not among the metrics at the top of the view. */
export function resultFacts({ ctf, motion, statistics, replacedPixels }: ResultRecord): Fact[] {
  const facts: Fact[] = [];
  if (ctf)
    facts.push(
      [movieWords.angle, numberText(ctf.astigmatismAngleDeg, 1, '°')],
      [movieWords.phaseShift, numberText(ctf.phaseShiftDeg, 1, '°')],
      [movieWords.merit, numberText(ctf.figureOfMerit, 3)],
      [movieWords.criterion, ctf.fitCriterion],
      [metricWords.iceRing.label, numberText(ctf.iceRingScore, 2)],
    );
  if (motion) {
    const { firstFrame, lastFrame, frames } = motion;
    facts.push(
      [movieWords.frames, `${firstFrame}–${lastFrame} / ${frames}`],
      [movieWords.meanShift, numberText(motion.meanShiftA, 2, 'Å')],
      [metricWords.motionLate.label, numberText(motion.lateA, 1, 'Å')],
      [movieWords.iterations, iterationsText(motion)],
    );
  }
  if (statistics) {
    const { label, unit } = metricWords.meanIntensity;
    facts.push(
      [movieWords.size, `${statistics.width} × ${statistics.height} px`],
      [movieWords.pixelSize, numberText(statistics.pixelSizeA, 3, 'Å')],
      [label, numberText(statistics.meanDosePerPixelFrame, 3, unit)],
    );
  }
  if (replacedPixels)
    facts.push([
      movieWords.replaced,
      movieWords.replacedPixels(replacedPixels.known, replacedPixels.hotCount),
    ]);
  return facts;
}

function iterationsText({ totalA, iterations, converged }: NonNullable<ResultRecord['motion']>): string {
  if (totalA === null) return NONE;
  return converged ? String(iterations) : `${iterations}, ${movieWords.notConverged}`;
}

/** Parameters with which the movie was processed. */
export const recipeFacts = ({ recipe, recipeHash }: ResultRecord): Fact[] => [
  [movieWords.voltage, `${recipe.voltageKv} kV`],
  [movieWords.cs, `${recipe.csMm} mm`],
  [movieWords.ac, String(recipe.amplitudeContrast)],
  [movieWords.dose, recipe.dosePerFrameEA2 === null ? NONE : `${recipe.dosePerFrameEA2} e/Å²`],
  [movieWords.totalDose, recipe.totalDoseEA2 === null ? NONE : `${recipe.totalDoseEA2} e/Å²`],
  [movieWords.binning, `${recipe.binning}`],
  [movieWords.gain, recipe.gain?.path ?? movieWords.noGain],
  [movieWords.recipeHash, recipeHash.slice(0, 12)],
];

/** The file, and where and when it was processed. */
export const originFacts = (record: ResultRecord): Fact[] => [
  [movieWords.path, record.movie.path],
  [movieWords.bytes, bytesText(record.movie.sizeBytes)],
  [movieWords.modified, dateTimeText(record.movie.mtimeMs)],
  [movieWords.startedAt, dateTimeText(record.startedAt)],
  [movieWords.finishedAt, dateTimeText(record.finishedAt)],
  [movieWords.host, record.host],
  [movieWords.executor, record.executor],
  ...(record.place ? ([[movieWords.job, movieWords.jobOn(record.place)]] satisfies Fact[]) : []),
  [movieWords.version, record.serviceVersion],
  [movieWords.attempt, String(record.attempt)],
];

/** Metadata of the movie from the acquisition software; values that are not given are omitted. */
export function microscopeFacts(metadata: MovieMetadata): Fact[] {
  const { stageUm, beamShift, beamShiftUnit, stageAlphaDeg, targetDefocusUm, pixelSizeA, doseEA2 } = metadata;
  const optionalText = (value: number | null, digits: number, unit: string) =>
    value === null ? null : numberText(value, digits, unit);
  const facts: (readonly [label: string, value: string | null | undefined])[] = [
    [movieWords.metadataFrom, `${metadata.program}: ${metadata.file}`],
    [movieWords.gridSquare, metadata.gridSquare],
    [movieWords.hole, [metadata.hole, metadata.holePosition].filter(Boolean).join(' / ')],
    [movieWords.stage, stageUm && [stageUm.x, stageUm.y, stageUm.z].map((n) => numberText(n, 1)).join(', ')],
    [movieWords.stageTilt, optionalText(stageAlphaDeg, 1, '°')],
    [movieWords.beamShift[beamShiftUnit], beamShift?.map((n) => numberText(n, 3)).join(', ')],
    [movieWords.targetDefocus, optionalText(targetDefocusUm, 2, 'µm')],
    [movieWords.pixelSizeMetadata, optionalText(pixelSizeA, 4, 'Å')],
    [movieWords.totalDose, optionalText(doseEA2, 1, 'e/Å²')],
    [movieWords.acquired, metadata.acquiredAt && fileTimeText(metadata.acquiredAt)],
  ];
  return facts.flatMap(([label, value]) => (value ? [[label, value] as const] : []));
}
