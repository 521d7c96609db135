import { plural } from '../data/words.ts';

export const limitWords = {
  upper: (what: string) => `Upper limit of ${what}`,
  lower: (what: string) => `Lower limit of ${what}`,
  noLimit: 'no limit',
  handleHint: 'Drag to set a limit; double-click or Delete takes it away.',
} as const;

export const plotWords = {
  toTable: (what: string) => `Table, sorted by ${what}`,
  against: 'against',
  xAxis: 'Horizontal axis',
  yAxis: 'Vertical axis',
  swap: 'Swap the axes',
  scatterOf: (y: string, x: string, n: number) =>
    `${y} against ${x} of ${plural(n, 'movie')}. Arrow keys choose a movie, Enter opens it.`,
  median: 'median',
  histogram: (what: string) => `Distribution of ${what}`,
  describe: (what: string, n: number, median: string) =>
    `${what} of ${plural(n, 'movie')}, median ${median}. Arrow keys choose a movie, Enter opens it.`,
  beyond: 'Triangles at the edge are beyond the axis.',
} as const;

export const profileWords = {
  profile: 'Radial profile',
  profileHelp: 'Equal-phase average of the spectrum without its background.',
  data: 'data',
  model: 'model',
  cc: 'CC',
  frequency: 'spatial frequency',
  fitAt: (res: string) => `fit to ${res}`,
} as const;

export const driftWords = {
  title: 'Drift',
  help: (frame: number) =>
    `Motion of the content against frame ${frame}, unbinned; y grows upwards as in the picture.`,
  firstFrame: (n: number) => `frame ${n}`,
  lastFrame: (n: number) => `${n}`,
  alt: (from: number, to: number, total: string) =>
    `Path of the content from frame ${from} to frame ${to}, ${total} long`,
} as const;
