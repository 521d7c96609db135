import { plural } from '../data/words.ts';

export const sessionWords = {
  tabs: {
    live: 'Live',
    gallery: 'Gallery',
    table: 'Table',
    grid: 'Grid',
    failures: 'Failures',
    timeline: 'Timeline',
    gain: 'Gain',
    settings: 'Settings',
  },
  start: 'Start',
  stop: 'Stop',
  resume: 'Resume',
  change: 'Change parameters',
  stopTitle: 'Stop processing?',
  stopBody: 'Finished results are kept. You can resume at any time; finished movies are not processed again.',
  stopInProgress: (n: number) =>
    `${plural(n, 'movie')} ${n === 1 ? 'is' : 'are'} in progress. Cancelled movies return to waiting and start over when you resume.`,
  stopFinish: (n: number) => (n === 1 ? 'Let it finish' : `Let ${n.toLocaleString('en')} finish`),
  stopFinishing: 'No further movies are started; those in progress will finish.',
  stopConfirm: 'Stop now',
  stopCancel: 'Keep running',
  stopped: 'Processing stopped.',
  notFoundTitle: 'Session not found',
  notFound: 'It may have been moved or deleted.',
  loadFailed: 'The session could not be loaded.',
} as const;

export const selectionWords = {
  label: 'Selection',
  count: (n: number) => `${n.toLocaleString('en')} selected`,
  ofTotal: (total: string) => `of ${total}`,
  limitMode: 'Select movies within or outside the limits',
  within: 'Within limits',
  beyond: 'Outside limits',
  export: 'Export',
  csv: 'CSV with units',
  json: 'JSON with units',
  fileWord: 'selection',
  clear: 'Clear selection',
} as const;
