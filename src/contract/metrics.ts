import type { ResultRecord } from './record.ts';

/**
 * Every property of a movie that the service measures as a single number, declared once. The columns of
 * the ledger and of the plots, the movie rows of the API, the page's plots, table, scatter plots, histograms,
 * grid colours and export, and docs/metrics.md follow from this table. A new metric is one new row.
 */
export interface MetricDeclaration {
  /** Name on the page, in its URL, in exported files and in texts. */
  readonly key: string;
  readonly label: string;
  /** Label in the legend of a plot that has several curves. */
  readonly shortLabel: string;
  /** Unit on the screen and in exported files; '' if there is none. */
  readonly unit: string;
  readonly help: string;
  /** Number of digits after the decimal point on the screen. */
  readonly digits: number;
  /** Factor from the value in a record to the value in `unit`. */
  readonly screenScale: number;
  /** Which direction is better; null if neither is. */
  readonly better: 'low' | 'high' | null;
  /** Whether it is shown faded if the CTF fit is not reliable. */
  readonly isFadedIfDoubtful: boolean;
  /** A number that is stored for each movie, or the mean of several such numbers. */
  readonly source: StoredSource | MeanSource;
  readonly plot: PlotDeclaration;
  /** Parts of the page that do not show it. */
  readonly hiddenIn?: readonly HideablePart[];
}

/** A number of the result record, which the ledger, the API and the binary columns contain. */
export interface StoredSource {
  /** Name in the API, with its unit; the column of the ledger is the same name in snake case. */
  readonly field: string;
  readonly kind: 'number' | 'integer';
  /** Path in the record, or how the value is calculated from several of its fields. */
  readonly record: NumberPath<ResultRecord> | Calculation;
}

interface Calculation {
  /** Formula for the docs. */
  readonly formula: string;
  /** Null if the record does not have the fields. */
  readonly valueOf: (record: ResultRecord) => number | null;
}

interface MeanSource {
  /** Fields of other rows. */
  readonly meanOf: readonly [string, ...string[]];
}

/** `drawnWith`: drawn in the plot of that metric. Otherwise, the metric has its own plot in the live view. */
export type PlotDeclaration =
  | { readonly drawnWith: string }
  | {
      readonly startsAtZero: boolean;
      /** Title of the plot, if it is not the label. */
      readonly title?: string;
    };

/** `page`: not shown on the page; the value is in the API only. */
export type HideablePart = 'page' | 'table' | 'grid';

/** Paths, such as `ctf.defocusUA`, at which `T` has a number or nothing. */
type NumberPath<T> = {
  [Key in keyof T & string]-?: NonNullable<T[Key]> extends number
    ? Key
    : NonNullable<T[Key]> extends readonly unknown[] | string
      ? never
      : NonNullable<T[Key]> extends object
        ? `${Key}.${NumberPath<NonNullable<T[Key]>>}`
        : never;
}[keyof T & string];

const MICROMETRES_PER_ANGSTROM = 1e-4;

const PROCESSING_SECONDS: Calculation = {
  formula: 'finishedAt - startedAt',
  valueOf: ({ startedAt, finishedAt }) =>
    Math.max(0, (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000),
};

export const METRICS = [
  {
    key: 'defocus',
    label: 'Defocus',
    shortLabel: 'mean',
    unit: 'µm',
    help: 'Mean of U and V; positive is underfocus.',
    digits: 2,
    screenScale: MICROMETRES_PER_ANGSTROM,
    better: null,
    isFadedIfDoubtful: true,
    source: { meanOf: ['defocusUA', 'defocusVA'] },
    plot: { startsAtZero: false },
    hiddenIn: ['table'],
  },
  {
    key: 'defocusU',
    label: 'Defocus U',
    shortLabel: 'U',
    unit: 'µm',
    help: 'Larger defocus; positive is underfocus.',
    digits: 2,
    screenScale: MICROMETRES_PER_ANGSTROM,
    better: null,
    isFadedIfDoubtful: true,
    source: { field: 'defocusUA', kind: 'number', record: 'ctf.defocusUA' },
    plot: { drawnWith: 'defocus' },
    hiddenIn: ['grid'],
  },
  {
    key: 'defocusV',
    label: 'Defocus V',
    shortLabel: 'V',
    unit: 'µm',
    help: 'Smaller defocus; positive is underfocus.',
    digits: 2,
    screenScale: MICROMETRES_PER_ANGSTROM,
    better: null,
    isFadedIfDoubtful: true,
    source: { field: 'defocusVA', kind: 'number', record: 'ctf.defocusVA' },
    plot: { drawnWith: 'defocus' },
    hiddenIn: ['grid'],
  },
  {
    key: 'astigmatism',
    label: 'Astigmatism',
    shortLabel: 'U − V',
    unit: 'Å',
    help: 'Difference between defocus U and V.',
    digits: 0,
    screenScale: 1,
    better: 'low',
    isFadedIfDoubtful: true,
    source: { field: 'astigmatismA', kind: 'number', record: 'ctf.astigmatismA' },
    plot: { startsAtZero: true },
  },
  {
    key: 'astigmatismAngle',
    label: 'Astigmatism angle',
    shortLabel: 'angle',
    unit: '°',
    help: 'Angle of defocus U, measured from the x axis.',
    digits: 0,
    screenScale: 1,
    better: null,
    isFadedIfDoubtful: true,
    source: { field: 'astigmatismAngleDeg', kind: 'number', record: 'ctf.astigmatismAngleDeg' },
    plot: { startsAtZero: false },
    hiddenIn: ['page'],
  },
  {
    key: 'fitResolution',
    label: 'Fit resolution',
    shortLabel: 'fit',
    unit: 'Å',
    help: 'Resolution to which the Thon rings agree with the model; smaller is better.',
    digits: 2,
    screenScale: 1,
    better: 'low',
    isFadedIfDoubtful: true,
    source: { field: 'fitResolutionA', kind: 'number', record: 'ctf.fitResolutionA' },
    plot: { startsAtZero: false },
  },
  {
    key: 'confidence',
    label: 'Confidence',
    shortLabel: 'confidence',
    unit: '',
    help: 'Reliability of the CTF fit, from 0 (no usable Thon rings) to 1 (certain); at 0.5 or above, the defocus is reliable.',
    digits: 2,
    screenScale: 1,
    better: 'high',
    isFadedIfDoubtful: false,
    source: { field: 'confidence', kind: 'number', record: 'ctf.confidence' },
    plot: { startsAtZero: true },
  },
  {
    key: 'iceRing',
    label: 'Ice ring',
    shortLabel: 'ice',
    unit: '',
    help: 'Excess power at 0.25 to 0.28 1/Å.',
    digits: 2,
    screenScale: 1,
    better: 'low',
    isFadedIfDoubtful: false,
    source: { field: 'iceRingScore', kind: 'number', record: 'ctf.iceRingScore' },
    plot: { startsAtZero: true },
  },
  {
    key: 'motionTotal',
    label: 'Total motion',
    shortLabel: 'total',
    unit: 'Å',
    help: 'Accumulated motion over all frames.',
    digits: 1,
    screenScale: 1,
    better: 'low',
    isFadedIfDoubtful: false,
    source: { field: 'motionTotalA', kind: 'number', record: 'motion.totalA' },
    plot: { startsAtZero: true, title: 'Motion' },
  },
  {
    key: 'motionEarly',
    label: 'Early motion',
    shortLabel: 'early',
    unit: 'Å',
    help: 'Accumulated motion up to a dose of 4 e/Å².',
    digits: 1,
    screenScale: 1,
    better: 'low',
    isFadedIfDoubtful: false,
    source: { field: 'motionEarlyA', kind: 'number', record: 'motion.earlyA' },
    plot: { drawnWith: 'motionTotal' },
  },
  {
    key: 'motionLate',
    label: 'Late motion',
    shortLabel: 'late',
    unit: 'Å',
    help: 'Accumulated motion after a dose of 4 e/Å².',
    digits: 1,
    screenScale: 1,
    better: 'low',
    isFadedIfDoubtful: false,
    source: { field: 'motionLateA', kind: 'number', record: 'motion.lateA' },
    plot: { drawnWith: 'motionTotal' },
    hiddenIn: ['grid'],
  },
  {
    key: 'meanIntensity',
    label: 'Mean intensity',
    shortLabel: 'mean',
    unit: 'e/px/frame',
    help: 'Mean counts per pixel per frame after gain correction.',
    digits: 2,
    screenScale: 1,
    better: null,
    isFadedIfDoubtful: false,
    source: { field: 'meanIntensity', kind: 'number', record: 'statistics.meanDosePerPixelFrame' },
    plot: { startsAtZero: false },
  },
  {
    key: 'seconds',
    label: 'Time per movie',
    shortLabel: 'time',
    unit: 's',
    help: 'Processing time of the movie.',
    digits: 1,
    screenScale: 1,
    better: null,
    isFadedIfDoubtful: false,
    source: { field: 'seconds', kind: 'number', record: PROCESSING_SECONDS },
    plot: { startsAtZero: true },
    hiddenIn: ['grid'],
  },
] as const satisfies readonly MetricDeclaration[];
