import { plural } from '../data/words.ts';
import { skipWords } from '../ui/skip-words.ts';

export const formWords = {
  started: 'Processing is starting.',
  title: { start: 'Start processing', resume: 'Change parameters and resume' },
  submit: {
    start: { plain: 'Start processing', anyway: 'Start anyway' },
    resume: { plain: 'Resume with changes', anyway: 'Resume anyway' },
  },
  lead: {
    start: 'Values from the metadata and the config file are filled in. Check them before you start.',
    resume: 'Only results that depend on a changed value are reprocessed.',
  },
  missing: (label: string) => `${label} is missing.`,
  errors: (n: number) => (n === 1 ? 'One field needs your attention.' : `${n} fields need your attention.`),
  from: (source: string) => `from ${source}`,
  byDefault: (value: string) => `default ${value}`,
  noDose: 'No dose is given: the micrographs will not be dose-weighted.',
  bothDoses:
    'Both doses are given. The total dose must match the dose per frame times the number of frames; otherwise the movies fail.',
  noChange: 'No value was changed. Processing resumes with the same parameters.',
  changed: (n: number) => `${plural(n, 'value')} changed`,
  contradictions: (n: number) => `${plural(n, 'value')} to check: see the marked fields.`,
  contradiction: { error: 'Contradiction', warning: 'Check' },
  before: (value: string) => `was ${value}`,
  unset: 'not set',
  preview: {
    title: 'What this does',
    pending: 'Checking the movies …',
    failed: 'The preview is not available at the moment.',
    unknown: 'Shown when all required values are given.',
    nothing: 'There are no movies yet. Each movie will be processed as it arrives.',
    toDo: (n: number) => `${plural(n, 'movie')} will be processed`,
    arriving: (n: number) => `${plural(n, 'movie')} still arriving, processed when complete`,
    inProgress: (n: number) => `${plural(n, 'movie')} in progress`,
    kept: (n: number) => `${plural(n, 'result')} kept unchanged`,
    redoAll: (n: number) => `${plural(n, 'movie')} reprocessed, motion and CTF`,
    redoCtf: (n: number) => `${plural(n, 'movie')} reprocessed, CTF only`,
    tryAgain: (n: number) => `${plural(n, 'failed movie')} retried`,
    staysFailed: (n: number) =>
      `${plural(n, 'failed movie')} not retried: ${n === 1 ? 'it' : 'they'} would fail again with these parameters`,
    skipped: skipWords,
    example: (path: string) => `for example ${path}`,
    sample: (path: string, width: number, height: number, frames: number) =>
      `Checked against ${path}: ${width} × ${height} pixels, ${plural(frames, 'frame')}.`,
  },
  trial: {
    title: 'Try on one movie first',
    help: 'Processes one movie with these values, separately from the session. If you then start the session with the same values, the result is reused.',
    movie: 'Movie',
    newest: 'Latest movie',
    run: 'Try it',
    again: 'Try again',
    cancel: 'Cancel trial',
    states: {
      queued: 'The trial is waiting for a free slot.',
      running: 'The trial is running.',
      done: 'The trial is done.',
      failed: 'The trial failed.',
      cancelled: 'The trial was cancelled.',
    },
    of: (base: string) => `Trial on ${base}`,
    other: 'These results were obtained with values that differ from those in the form.',
    noMovie: 'No complete movie yet',
  },
} as const;
