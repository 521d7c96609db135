import type { Recipe } from '../contract/recipe.ts';
import type { Ctf, ResultRecord } from '../contract/record.ts';
import { RAW_FOLDER } from '../contract/session-folders.ts';
import { formatStar, type StarBlock, type StarValue } from '../formats/star/write.ts';

/** Names of the tables of a session in `processed/`, the same as those of RELION's jobs. */
export const CORRECTED_STAR = 'corrected_micrographs.star';
export const CTF_STAR = 'micrographs_ctf.star';

/** The data of one movie in a session's tables; kept small, because a session has many movies. */
export interface MicrographRow {
  readonly base: string;
  readonly optics: OpticsGroup;
  /** Paths relative to the session's directory, forward slashes. */
  readonly micrograph: string;
  readonly withoutDoseWeighting: string;
  readonly even: string | null;
  readonly odd: string | null;
  readonly movie: string;
  readonly metadata: string;
  /** Null: not measured. */
  readonly motionA: readonly [total: number | null, early: number | null, late: number | null];
  readonly ctf: {
    readonly image: string;
    readonly defocusUA: number;
    readonly defocusVA: number;
    readonly astigmatismA: number;
    readonly angleDeg: number;
    readonly phaseShiftDeg: number;
    readonly figureOfMerit: number;
    readonly fitResolutionA: number;
    readonly iceRingDensity: number | null;
  } | null;
}

interface OpticsGroup {
  readonly voltageKv: Recipe['voltageKv'];
  readonly csMm: Recipe['csMm'];
  readonly amplitudeContrast: Recipe['amplitudeContrast'];
  readonly moviePixelSizeA: number;
  readonly pixelSizeA: number;
}

const COMMENT = `# Written by cryoem-service; updated as movies are processed; rejected movies are excluded. Paths are relative to the session directory:
# start the RELION project there. rlnAccumMotionTotal, Early and Late are lengths in Angstrom along the path of whole-frame
# motion, early up to the last frame that ends at an accumulated dose of 4 e/A^2 or less (RELION 3.1 itself writes pixels of the movie).
# Defocus in Angstrom, angles and phase shift in degrees, as in RELION.
`;

/** null for the record of a failure, which has no micrograph. */
export function micrographRow(record: ResultRecord): MicrographRow | null {
  const { files, motion, statistics, ctf, recipe } = record;
  if (record.outcome.status !== 'ok' || !files.sum || !files.motionStar || !motion || !statistics)
    return null;
  const sum = `processed/${files.sum}`;
  const pathOf = (name: string | undefined) => (name === undefined ? null : `processed/${name}`);
  const { voltageKv, csMm, amplitudeContrast } = recipe;
  return {
    base: record.movie.base,
    optics: {
      voltageKv,
      csMm,
      amplitudeContrast,
      // an EER file that is rendered with upsampling has smaller pixels than the sensor
      moviePixelSizeA:
        recipe.pixelSizeA / (/\.eer$/i.test(record.movie.path) ? (recipe.eer?.upsampling ?? 1) : 1),
      pixelSizeA: statistics.pixelSizeA,
    },
    micrograph: files.doseWeighted ? `processed/${files.doseWeighted}` : sum,
    withoutDoseWeighting: sum,
    even: pathOf(files.evenDoseWeighted ?? files.even),
    odd: pathOf(files.oddDoseWeighted ?? files.odd),
    movie: `${RAW_FOLDER}/${record.movie.path}`,
    metadata: `processed/${files.motionStar}`,
    motionA: [motion.totalA, motion.earlyA, motion.lateA],
    ctf: ctf && files.spectrum ? fitOf(ctf, files.spectrum) : null,
  };
}

const fitOf = (ctf: Ctf, spectrum: string): MicrographRow['ctf'] => ({
  image: `processed/${spectrum}:mrc`,
  defocusUA: ctf.defocusUA,
  defocusVA: ctf.defocusVA,
  astigmatismA: ctf.astigmatismA,
  angleDeg: ctf.astigmatismAngleDeg,
  phaseShiftDeg: ctf.phaseShiftDeg,
  figureOfMerit: ctf.figureOfMerit,
  fitResolutionA: ctf.fitResolutionA,
  iceRingDensity: ctf.iceRingDensity ?? null,
});

type Column<Row> = readonly [label: string, value: (row: Row) => StarValue | null];

const MICROGRAPH_COLUMNS: readonly Column<MicrographRow>[] = [
  ['rlnMicrographName', (row) => row.micrograph],
  ['rlnMicrographNameNoDW', (row) => row.withoutDoseWeighting],
  ['rlnMicrographNameEven', (row) => row.even],
  ['rlnMicrographNameOdd', (row) => row.odd],
  ['rlnMicrographMovieName', (row) => row.movie],
  ['rlnMicrographMetadata', (row) => row.metadata],
];

const MOTION_COLUMNS: readonly Column<MicrographRow>[] = [
  ['rlnAccumMotionTotal', (row) => row.motionA[0]],
  ['rlnAccumMotionEarly', (row) => row.motionA[1]],
  ['rlnAccumMotionLate', (row) => row.motionA[2]],
];

type FittedRow = MicrographRow & { readonly ctf: NonNullable<MicrographRow['ctf']> };

const CTF_COLUMNS: readonly Column<FittedRow>[] = [
  ['rlnCtfImage', ({ ctf }) => ctf.image],
  ['rlnDefocusU', ({ ctf }) => ctf.defocusUA],
  ['rlnDefocusV', ({ ctf }) => ctf.defocusVA],
  ['rlnCtfAstigmatism', ({ ctf }) => ctf.astigmatismA],
  ['rlnDefocusAngle', ({ ctf }) => ctf.angleDeg],
  ['rlnPhaseShift', ({ ctf }) => ctf.phaseShiftDeg],
  ['rlnCtfFigureOfMerit', ({ ctf }) => ctf.figureOfMerit],
  ['rlnCtfMaxResolution', ({ ctf }) => ctf.fitResolutionA],
  ['rlnCtfIceRingDensity', ({ ctf }) => ctf.iceRingDensity],
];

/** `corrected_micrographs.star`: what RELION's MotionCorr job would list. */
export const correctedStar = (rows: readonly MicrographRow[]): string =>
  tableOf(rows, [...MICROGRAPH_COLUMNS, ...MOTION_COLUMNS]);

/** `micrographs_ctf.star`: what RELION's CtfFind job would list; movies without a fit are omitted. */
export const ctfStar = (rows: readonly MicrographRow[]): string =>
  tableOf(
    rows.filter((row): row is FittedRow => row.ctf !== null),
    [...MICROGRAPH_COLUMNS, ...MOTION_COLUMNS, ...CTF_COLUMNS],
  );

/**
 * A column is omitted if one of the rows has no value for it: there is no value for "not known" that RELION
 * reads.
 */
function tableOf<Row extends MicrographRow>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const groups = new Map<string, { number: number; optics: OpticsGroup }>();
  const groupOf = ({ optics }: MicrographRow) => {
    const key = Object.values(optics).join(' ');
    const group = groups.get(key) ?? { number: groups.size + 1, optics };
    groups.set(key, group);
    return group.number;
  };
  const numbers = rows.map(groupOf);
  const completeColumns = columns.filter(([, value]) => rows.every((row) => value(row) !== null));
  const opticsBlock: StarBlock = {
    name: 'optics',
    columns: [
      'rlnOpticsGroupName',
      'rlnOpticsGroup',
      'rlnMicrographOriginalPixelSize',
      'rlnVoltage',
      'rlnSphericalAberration',
      'rlnAmplitudeContrast',
      'rlnMicrographPixelSize',
    ],
    rows: [...groups.values()].map(({ number, optics }) => [
      `opticsGroup${number}`,
      number,
      optics.moviePixelSizeA,
      optics.voltageKv,
      optics.csMm,
      optics.amplitudeContrast,
      optics.pixelSizeA,
    ]),
  };
  const micrographsBlock: StarBlock = {
    name: 'micrographs',
    columns: [...completeColumns.map(([label]) => label), 'rlnOpticsGroup'],
    rows: rows.map((row, i) => [...completeColumns.map(([, value]) => value(row) ?? ''), numbers[i] ?? 0]),
  };
  return COMMENT + formatStar([opticsBlock, micrographsBlock]);
}
