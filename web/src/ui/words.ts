import type { Verdict } from '../../../src/contract/review.ts';
import { plural } from '../data/words.ts';

export const uiWords = {
  product: 'CryoEM',
  close: 'Close',
  trust: {
    doubtful: {
      label: 'low-confidence fit',
      help: 'The confidence of this fit is low: its defocus may be wrong.',
    },
    noRings: {
      label: 'no Thon rings',
      help: 'There are no usable Thon rings in the power spectrum: the defocus is unreliable.',
    },
  },
  resumed: 'Processing resumed.',
  warnings: 'Warnings',
  toSessions: 'All sessions',
  again: 'Try again',
  openMovie: 'Open movie',
  remedy: 'What to do',
  cancel: 'Cancel',
  scaleBarAlt: (length: string) => `Scale bar: ${length}`,
  micrographAlt: (base: string) => `Motion-corrected micrograph of ${base}`,
  spectrumAlt: (base: string) => `Power spectrum of ${base}, half data and half fitted model`,
  noPicture: 'No image',
} as const;

export const crumbWords = { label: 'Breadcrumb', sessions: 'Sessions' } as const;

export const countWords = {
  found: 'found',
  done: 'done',
  failed: 'failed',
  waiting: 'waiting',
  inProgress: 'in progress',
  arriving: 'arriving',
  skipped: 'skipped',
  ofTotal: (done: number, total: number) => `${done.toLocaleString('en')} of ${plural(total, 'movie')}`,
} as const;

export const progressWords = {
  total: 'Session total',
  cycle: (n: number) => `Cycle ${n}`,
  noCycle: 'Cycle',
  cycleHelp: 'A cycle is a group of movies that are submitted together.',
  noCycleYet: 'begins when processing starts',
  rate: 'Rate',
  perHour: 'movies/h',
  timeLeft: 'Time left',
  lag: 'Processing lag',
  upToDate: 'up to date',
  lagHelp: 'Age of the oldest complete movie that has not been processed yet.',
  faster: (arriving: string, done: string) =>
    `arriving faster than processed: ${arriving}/h arriving, ${done}/h processed`,
  lagOf: (lag: string) => `lag ${lag}`,
  lastMovie: 'Last movie',
  nothing: 'none yet',
  label: (what: string, percent: string) => `${what}: ${percent}`,
} as const;

export const movieFilterWords = {
  show: 'Movies to show',
  all: 'All',
  selected: 'Selected',
  accepted: 'Accepted',
  rejected: 'Rejected',
  unreviewed: 'Not reviewed',
  none: 'No matching movies.',
} as const;

export const columnWords = {
  movie: 'Movie',
  finished: 'Finished',
  verdict: 'Review',
} as const;

export const gainPictureWords = {
  title: 'Before and after',
  help: 'Correlation of the counts with the gain reference at small displacements; zero displacement is in the centre. A bright spot in the centre is the fixed-pattern noise of the detector; a correct gain correction removes it. Horizontal or vertical lines come from noise that is common to all pixels of a detector row or column. All panels use the same contrast.',
  alt: 'Fixed-pattern noise of the detector in the counts, before and after gain correction',
} as const;

export const keyWords = {
  show: 'Show keyboard shortcuts',
  title: 'Keyboard shortcuts',
  help: 'Show this list',
  accept: 'Accept',
  reject: 'Reject',
  undo: 'Undo the last review',
  comment: 'Write a comment',
  neighbours: 'Previous and next movie',
  zoom: 'Zoom in, zoom out, show all',
  invert: 'Invert the contrast of the micrograph',
  motion: 'Show local motion',
  open: 'Open the movie',
  move: 'Move through the images',
  pick: 'Select or deselect',
} as const;

export const verdictWords: Record<Verdict, string> = { accepted: 'Accepted', rejected: 'Rejected' };

export const reviewWords = {
  accept: 'Accept',
  reject: 'Reject',
  undo: 'Undo',
  none: 'Not reviewed',
  advance: 'Advance automatically',
  advanceHelp: 'Go to the next movie after each review.',
  comment: 'Comment',
  commentHint: 'Comment on this movie',
  commentSaved: 'Saved',
  undone: (n: number) => `Review of ${plural(n, 'movie')} undone.`,
  decided: (n: number, verdict: Verdict | null) =>
    `${plural(n, 'movie')}: ${verdict === null ? 'review removed' : verdictWords[verdict].toLowerCase()}.`,
} as const;

export const logWords = {
  title: 'Processing log',
  show: 'Show log',
  none: 'There is no log for this movie.',
  cut: 'The beginning is omitted.',
  of: (file: string) => `${file}: lines about this movie are highlighted.`,
} as const;

export const errorWords = {
  title: 'The request failed',
  crash: 'Something went wrong',
  reload: 'Reload',
  notFoundTitle: 'Page not found',
} as const;
