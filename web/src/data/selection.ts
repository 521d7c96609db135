import { metricWords } from './metric-words.ts';
import { METRIC_KEYS, type MetricKey } from './metrics.ts';
import { markSpans, type Place, parsePlace, placeText, type SpansOf } from './places.ts';
import type { Series } from './series.ts';
import { criterionWords } from './words.ts';

/** What an axis of a plot counts: a metric, or the movie's number. */
export type AxisKey = MetricKey | 'seq';

export interface Limit {
  readonly low?: number;
  readonly high?: number;
}

/** What a brush went over: a box in the plane of two axes. */
export interface Box {
  readonly x: AxisKey;
  readonly y: AxisKey;
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

/** What selects movies by their figures and places. All of it must hold. */
export interface Criteria {
  readonly limits: Partial<Record<MetricKey, Limit>>;
  /** Whether movies within all limits are meant, or the others: those beyond one of them, or without the figure. */
  readonly takes: 'within' | 'beyond';
  readonly box: Box | null;
  /** Grid squares and holes: movies in one of them; none: wherever they lie. */
  readonly places: readonly Place[];
}

export const NO_CRITERIA: Criteria = { limits: {}, takes: 'within', box: null, places: [] };

/** `mask[i]` is 1 for a movie that is selected. */
export interface Selection {
  readonly mask: Uint8Array;
  readonly count: number;
}

export const axisColumn = (store: Series, key: AxisKey): Float64Array =>
  key === 'seq' ? store.seqs() : store.column(key);

export const hasLimits = ({ limits }: Criteria): boolean => Object.keys(limits).length > 0;
export const isEmpty = (criteria: Criteria): boolean =>
  !hasLimits(criteria) && criteria.box === null && criteria.places.length === 0;

/**
 * Movies that the criteria mean, turned round where a person picked them one by one; null where nothing selects.
 * @param spansOf - which movies lie in a place; nothing is selected in one that is not known yet
 */
export function select(
  store: Series,
  criteria: Criteria,
  picked: ReadonlySet<string>,
  spansOf: SpansOf = () => null,
): Selection | null {
  if (isEmpty(criteria) && picked.size === 0) return null;
  const mask = new Uint8Array(store.size);
  if (!isEmpty(criteria)) {
    mask.fill(1);
    keepByLimits(store, criteria, mask);
    if (criteria.box !== null) keepInBox(store, criteria.box, mask);
    if (criteria.places.length > 0) keepInPlaces(store, criteria.places, spansOf, mask);
  }
  for (const base of picked) {
    const index = store.indexOf(base);
    if (index !== undefined) mask[index] = 1 - mask[index]!;
  }
  let count = 0;
  for (const one of mask) count += one;
  return { mask, count };
}

function keepByLimits(store: Series, criteria: Criteria, mask: Uint8Array): void {
  if (!hasLimits(criteria)) return;
  const within = new Uint8Array(store.size).fill(1);
  for (const [key, { low, high }] of Object.entries(criteria.limits)) {
    const values = store.column(key as MetricKey);
    const [least, most] = [low ?? Number.NEGATIVE_INFINITY, high ?? Number.POSITIVE_INFINITY];
    // A movie without the figure (NaN) is not within its limits.
    for (let i = 0; i < values.length; i++) if (!(values[i]! >= least && values[i]! <= most)) within[i] = 0;
  }
  const wanted = criteria.takes === 'within' ? 1 : 0;
  for (let i = 0; i < mask.length; i++) if (within[i] !== wanted) mask[i] = 0;
}

function keepInBox(store: Series, box: Box, mask: Uint8Array): void {
  const [xs, ys] = [axisColumn(store, box.x), axisColumn(store, box.y)];
  for (let i = 0; i < mask.length; i++) {
    const isIn = xs[i]! >= box.x0 && xs[i]! <= box.x1 && ys[i]! >= box.y0 && ys[i]! <= box.y1;
    if (!isIn) mask[i] = 0;
  }
}

function keepInPlaces(store: Series, places: readonly Place[], spansOf: SpansOf, mask: Uint8Array): void {
  const within = new Uint8Array(store.size);
  for (const place of places) markSpans(store.seqs(), spansOf(place) ?? [], within);
  for (let i = 0; i < mask.length; i++) if (within[i] !== 1) mask[i] = 0;
}

export function selectedBases(store: Series, selection: Selection): string[] {
  const bases: string[] = [];
  for (let i = 0; i < selection.mask.length; i++) if (selection.mask[i] === 1) bases.push(store.bases[i]!);
  return bases;
}

export function withLimit(criteria: Criteria, key: MetricKey, limit: Limit): Criteria {
  const { [key]: _, ...limits } = criteria.limits;
  const isSet = limit.low !== undefined || limit.high !== undefined;
  return { ...criteria, limits: isSet ? { ...limits, [key]: limit } : limits };
}

const short = (value: number) => String(Number(value.toPrecision(5)));
const AXES: readonly string[] = ['seq', ...METRIC_KEYS];

/**
 * Criteria as they stand in the address: `fitResolution_2.5_8~motionTotal__60~beyond~box_seq_defocus_1_99_0.5_2~square_29273632`;
 * undefined where there are none.
 */
export function criteriaText(criteria: Criteria): string | undefined {
  if (isEmpty(criteria)) return undefined;
  const parts = Object.entries(criteria.limits).map(([key, { low, high }]) =>
    [key, low === undefined ? '' : short(low), high === undefined ? '' : short(high)].join('_'),
  );
  if (criteria.takes === 'beyond') parts.push('beyond');
  if (criteria.box !== null) {
    const { x, y, x0, x1, y0, y1 } = criteria.box;
    parts.push(['box', x, y, ...[x0, x1, y0, y1].map(short)].join('_'));
  }
  parts.push(...criteria.places.map(placeText));
  return parts.join('~');
}

/** What is no criterion is passed over: an address may come from anywhere. */
export function parseCriteria(words: string | undefined): Criteria {
  let criteria = NO_CRITERIA;
  for (const part of words?.split('~') ?? []) {
    const [name = '', ...rest] = part.split('_');
    const place = parsePlace(part);
    if (place !== null) criteria = { ...criteria, places: [...criteria.places, place] };
    else if (part === 'beyond') criteria = { ...criteria, takes: 'beyond' };
    else if (name === 'box') {
      const [x = '', y = '', ...sides] = rest;
      const [x0, x1, y0, y1] = sides.map(Number) as [number, number, number, number];
      if (
        AXES.includes(x) &&
        AXES.includes(y) &&
        sides.length === 4 &&
        sides.every((s) => Number.isFinite(Number(s)))
      )
        criteria = { ...criteria, box: { x: x as AxisKey, y: y as AxisKey, x0, x1, y0, y1 } };
    } else if ((METRIC_KEYS as readonly string[]).includes(name)) {
      const [low, high] = rest.map((side) =>
        side === '' || !Number.isFinite(Number(side)) ? undefined : Number(side),
      );
      const limit = { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
      criteria = withLimit(criteria, name as MetricKey, limit);
    }
  }
  return criteria;
}

const axisName = (key: AxisKey) => (key === 'seq' ? criterionWords.movieNumber : metricWords[key].label);
const rangeWords = (key: AxisKey, low: number | undefined, high: number | undefined) => {
  // Numbers of movies are whole: those within the range.
  if (key === 'seq' && low !== undefined && high !== undefined)
    return `${axisName(key)} ${Math.ceil(low)}–${Math.floor(high)}`;
  const unit = key === 'seq' || metricWords[key].unit === '' ? '' : ` ${metricWords[key].unit}`;
  if (low === undefined) return `${axisName(key)} ≤ ${short(high!)}${unit}`;
  if (high === undefined) return `${axisName(key)} ≥ ${short(low)}${unit}`;
  return `${axisName(key)} ${short(low)}–${short(high)}${unit}`;
};

const MOST_NAMED = 3;

function placesWords(places: readonly Place[]): string {
  const named = places.slice(0, MOST_NAMED).map(({ square, hole }) => criterionWords.place(square, hole));
  return [
    ...named,
    ...(places.length > MOST_NAMED ? [criterionWords.morePlaces(places.length - MOST_NAMED)] : []),
  ].join(', ');
}

/** For people: on the bar of the selection, and in the timeline as the reason of a decision. */
export function criteriaWords(criteria: Criteria): string {
  const limits = Object.entries(criteria.limits).map(([key, { low, high }]) =>
    rangeWords(key as MetricKey, low, high),
  );
  const parts: string[] = [];
  if (limits.length > 0)
    parts.push(criteria.takes === 'within' ? limits.join(', ') : criterionWords.beyondOf(limits.join(', ')));
  if (criteria.box !== null) {
    const { x, y, x0, x1, y0, y1 } = criteria.box;
    parts.push(criterionWords.boxOf(`${rangeWords(x, x0, x1)}, ${rangeWords(y, y0, y1)}`));
  }
  if (criteria.places.length > 0) parts.push(placesWords(criteria.places));
  return parts.join('; ');
}
