/** `1 movie`, `2 movies`. */
export const plural = (n: number, one: string, many = `${one}s`) =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

export const NONE = '–';

export const criterionWords = {
  beyondOf: (limits: string) => `not (${limits})`,
  boxOf: (ranges: string) => `box selection: ${ranges}`,
  region: (square: string, hole: string | null) => (hole === null ? `grid square ${square}` : `hole ${hole}`),
  moreRegions: (n: number) => plural(n, 'more square or hole', 'more squares or holes'),
  movieNumber: 'movie number',
} as const;

export const timeWords = {
  justNow: 'just now',
  secondsAgo: (n: number) => `${n} s ago`,
  minutesAgo: (n: number) => `${n} min ago`,
  hoursAgo: (n: number) => `${n} h ago`,
  daysAgo: (n: number) => `${plural(n, 'day')} ago`,
} as const;
