import { type AxisKey, type Criteria, type Limit, limitsOf } from './criteria.ts';
import { shortNumber } from './criteria-address.ts';
import type { GridRegion } from './grid-regions.ts';
import { metricWords } from './metric-words.ts';
import { criterionWords } from './words.ts';

/** Maximum number of grid squares and holes that are named; the others are only counted. */
const MAX_NAMED = 3;

/** Criteria as text: in the selection bar, and in the timeline as the reason for a review. */
export function criteriaWords(criteria: Criteria): string {
  const limits = limitsOf(criteria)
    .map(([key, limit]) => limitWords(key, limit))
    .join(', ');
  const parts: string[] = [];
  if (limits !== '') parts.push(criteria.limitMode === 'within' ? limits : criterionWords.beyondOf(limits));
  if (criteria.box !== null) {
    const { x, y, x0, x1, y0, y1 } = criteria.box;
    const [xWords, yWords] = [sideWords(x, x0, x1), sideWords(y, y0, y1)];
    parts.push(criterionWords.boxOf(`${xWords}, ${yWords}`));
  }
  if (criteria.regions.length > 0) parts.push(regionsWords(criteria.regions));
  return parts.join('; ');
}

function limitWords(key: AxisKey, { low, high }: Limit): string {
  if (low !== undefined && high !== undefined) return sideWords(key, low, high);
  if (high !== undefined) return `${axisName(key)} ≤ ${shortNumber(high)}${unitOf(key)}`;
  return low === undefined ? axisName(key) : `${axisName(key)} ≥ ${shortNumber(low)}${unitOf(key)}`;
}

function sideWords(key: AxisKey, low: number, high: number): string {
  // Movie numbers are integers: the first and the last one within the range are shown.
  const [first, last] =
    key === 'seq' ? [Math.ceil(low), Math.floor(high)] : [shortNumber(low), shortNumber(high)];
  return `${axisName(key)} ${first}–${last}${unitOf(key)}`;
}

const axisName = (key: AxisKey) => (key === 'seq' ? criterionWords.movieNumber : metricWords[key].label);

const unitOf = (key: AxisKey) =>
  key === 'seq' || metricWords[key].unit === '' ? '' : ` ${metricWords[key].unit}`;

function regionsWords(regions: readonly GridRegion[]): string {
  const named = regions.slice(0, MAX_NAMED).map(({ square, hole }) => criterionWords.region(square, hole));
  const more = regions.length - named.length;
  return [...named, ...(more > 0 ? [criterionWords.moreRegions(more)] : [])].join(', ');
}
