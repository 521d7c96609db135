import {
  type AxisKey,
  type Box,
  type Criteria,
  isEmpty,
  limitsOf,
  NO_CRITERIA,
  withLimit,
} from './criteria.ts';
import { parseRegion, regionForUrl } from './grid-regions.ts';
import { METRIC_KEYS } from './metrics.ts';

const AXES: readonly AxisKey[] = ['seq', ...METRIC_KEYS];

/** Five digits: more cannot be distinguished in a plot. */
export const shortNumber = (value: number) => String(Number(value.toPrecision(5)));

/**
 * Text of criteria in the URL:
 * `fitResolution_2.5_8~motionTotal__60~beyond~box_seq_defocus_1_99_0.5_2~square_29273632`; undefined if
 * there are none.
 */
export function criteriaForUrl(criteria: Criteria): string | undefined {
  if (isEmpty(criteria)) return undefined;
  const boundText = (value: number | undefined) => (value === undefined ? '' : shortNumber(value));
  const parts = limitsOf(criteria).map(
    ([key, { low, high }]) => `${key}_${boundText(low)}_${boundText(high)}`,
  );
  if (criteria.limitMode === 'beyond') parts.push('beyond');
  if (criteria.box !== null) {
    const { x, y, x0, x1, y0, y1 } = criteria.box;
    parts.push(['box', x, y, ...[x0, x1, y0, y1].map(shortNumber)].join('_'));
  }
  parts.push(...criteria.regions.map(regionForUrl));
  return parts.join('~');
}

/** Parts that are not criteria are ignored: users may edit the URL. */
export const parseCriteria = (text: string | undefined): Criteria =>
  (text?.split('~') ?? []).reduce(withPart, NO_CRITERIA);

function withPart(criteria: Criteria, part: string): Criteria {
  const region = parseRegion(part);
  if (region !== null) return { ...criteria, regions: [...criteria.regions, region] };
  if (part === 'beyond') return { ...criteria, limitMode: 'beyond' };
  const [name, ...words] = part.split('_');
  if (name === 'box') return { ...criteria, box: parseBox(words) ?? criteria.box };
  const key = METRIC_KEYS.find((metric) => metric === name);
  return key === undefined ? criteria : withLimit(criteria, key, parseLimit(words));
}

function parseBox([xWord, yWord, ...sides]: readonly string[]): Box | null {
  const axis = (word: string | undefined) => AXES.find((key) => key === word);
  const [x, y] = [axis(xWord), axis(yWord)];
  const [x0, x1, y0, y1, ...excess] = sides.map(Number);
  if (x === undefined || y === undefined || excess.length > 0) return null;
  if (!isFiniteNumber(x0) || !isFiniteNumber(x1) || !isFiniteNumber(y0) || !isFiniteNumber(y1)) return null;
  return { x, y, x0, x1, y0, y1 };
}

function parseLimit([lowWord, highWord]: readonly string[]) {
  const [low, high] = [parseBound(lowWord), parseBound(highWord)];
  return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
}

function parseBound(word: string | undefined): number | undefined {
  const value = word === undefined || word === '' ? Number.NaN : Number(word);
  return Number.isFinite(value) ? value : undefined;
}

const isFiniteNumber = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value);
