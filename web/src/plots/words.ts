import { plural } from '../data/words.ts';

export const limitWords = {
  upper: (what: string) => `Upper limit of ${what}`,
  lower: (what: string) => `Lower limit of ${what}`,
  noLimit: 'no limit',
  handleHint: 'Drag to set a limit; double-click or Delete removes it.',
} as const;

export const plotWords = {
  toTable: (what: string) => `Table, sorted by ${what}`,
  against: 'against',
  xAxis: 'Horizontal axis',
  yAxis: 'Vertical axis',
  swap: 'Swap axes',
  scatterOf: (y: string, x: string, n: number) =>
    `${y} against ${x} for ${plural(n, 'movie')}. Arrow keys highlight a movie, Enter opens it.`,
  median: 'median',
  histogram: (what: string) => `Distribution of ${what}`,
  describe: (what: string, n: number, median: string) =>
    `${what} of ${plural(n, 'movie')}, median ${median}. Arrow keys highlight a movie, Enter opens it.`,
} as const;

export const profileWords = {
  profile: 'Radial profile',
  profileHelp: 'Background-subtracted equiphase average of the power spectrum.',
  data: 'data',
  model: 'model',
  cc: 'CC',
  frequency: 'spatial frequency',
  fitAt: (res: string) => `fit to ${res}`,
} as const;

export const driftWords = {
  title: 'Drift',
  help: (frame: number) =>
    `Motion of the specimen relative to frame ${frame}; y points upwards as in the image.`,
  frame: (n: number) => `frame ${n}`,
  lastFrame: (n: number) => `${n}`,
  alt: (from: number, to: number, total: string) =>
    `Path of the specimen from frame ${from} to frame ${to}, ${total} long`,
} as const;
