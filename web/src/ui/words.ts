import type { Verdict } from '../../../src/contract/review.ts';
import { plural } from '../data/words.ts';

export const uiWords = {
  product: 'CryoEM',
  close: 'Close',
  trust: {
    doubtful: {
      label: 'fit in doubt',
      help: 'The confidence of this fit is below that of a good one: its defocus may be wrong.',
    },
    noRings: {
      label: 'no rings seen',
      help: 'The spectrum shows no rings that the fit could follow: its defocus is a guess.',
    },
  },
  resumed: 'Processing resumes.',
  warnings: 'Warnings',
  toSessions: 'To all sessions',
  again: 'Try again',
  openMovie: 'Open movie',
  remedy: 'What to do',
  cancel: 'Cancel',
  scaleBarAlt: (length: string) => `Scale bar: ${length}`,
  micrographAlt: (base: string) => `Motion-corrected micrograph of ${base}`,
  spectrumAlt: (base: string) => `Power spectrum of ${base}, half data and half fitted model`,
  noPicture: 'No picture',
} as const;

export const crumbWords = { label: 'Where you are', sessions: 'Sessions' } as const;

export const countWords = {
  found: 'found',
  done: 'done',
  failed: 'failed',
  waiting: 'waiting',
  inWork: 'in work',
  arriving: 'arriving',
  ofTotal: (done: number, total: number) => `${done.toLocaleString('en')} of ${plural(total, 'movie')}`,
} as const;

export const progressWords = {
  total: 'In total',
  cycle: (n: number) => `Cycle ${n}`,
  noCycle: 'Cycle',
  noCycleYet: 'begins with the start',
  rate: 'Rate',
  perHour: 'movies/h',
  timeLeft: 'Time left',
  behind: 'Behind the microscope',
  upToDate: 'up to date',
  behindHelp: 'How long the oldest movie that waits or is in work has been whole.',
  faster: (arriving: string, done: string) => `the microscope is faster: ${arriving}/h against ${done}/h`,
  behindBy: (lag: string) => `${lag} behind`,
  lastMovie: 'Last movie seen',
  lastResult: 'Last result',
  nothing: 'none yet',
  label: (what: string, percent: string) => `${what}: ${percent}`,
} as const;

export const shownWords = {
  show: 'Movies shown',
  all: 'All',
  selected: 'Selected',
  accepted: 'Accepted',
  rejected: 'Rejected',
  unreviewed: 'Not reviewed',
  none: 'No movie is like this.',
} as const;

export const columnWords = {
  movie: 'Movie',
  finished: 'Finished',
  finishedUtc: 'Finished (UTC)',
  verdict: 'Verdict',
} as const;

export const gainPictureWords = {
  title: 'Before and after',
  help: 'Many pixels of the movie laid over each other, each weighted by how sensitive the reference says it is. A bright spot in the middle is the camera’s pattern; after the right correction nothing is left. Lines are columns and rows of the camera. All squares have the same contrast.',
  alt: 'The camera’s pattern in the counts before and after the correction by the gain',
} as const;

export const keyWords = {
  show: 'Show the keys',
  title: 'Keys',
  help: 'Show this list',
  accept: 'Accept',
  reject: 'Reject',
  undo: 'Undo the last decision',
  comment: 'Write a comment',
  neighbours: 'Previous and next movie',
  zoom: 'Zoom in, zoom out, show all',
  invert: 'Invert the micrograph',
  motion: 'Show local motion',
  open: 'Open the movie',
  move: 'Move through the pictures',
  pick: 'Select, or take out of the selection',
} as const;

export const verdictWords: Record<Verdict, string> = { accepted: 'Accepted', rejected: 'Rejected' };

export const reviewWords = {
  accept: 'Accept',
  reject: 'Reject',
  undo: 'Undo',
  none: 'Not reviewed',
  advance: 'Go on after each',
  advanceHelp: 'After a decision the next movie is shown.',
  comment: 'Comment',
  commentHint: 'What others should know of this movie',
  commentSaved: 'Saved',
  commentSave: 'Save',
  undone: (n: number) => `The verdict on ${plural(n, 'movie')} is as it was before.`,
  decided: (n: number, verdict: Verdict | null) =>
    `${plural(n, 'movie')}: ${verdict === null ? 'verdict taken back' : verdictWords[verdict].toLowerCase()}.`,
} as const;

export const logWords = {
  title: 'Log of the worker',
  show: 'Show the log',
  none: 'No log of this movie is kept.',
  cut: 'The beginning is left out.',
  of: (file: string) => `${file}: lines of this movie are marked.`,
} as const;

export const errorWords = {
  title: 'That did not work',
  crash: 'This view met a fault of the page.',
  reload: 'Load the page anew',
  notFoundTitle: 'There is no such page',
} as const;
