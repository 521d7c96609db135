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
  stopBody: 'Finished results stay. You can resume at any time; nothing is done twice.',
  stopInWork: (n: number) =>
    `${plural(n, 'movie')} ${n === 1 ? 'is' : 'are'} in work. Cancelled ones wait again and begin anew after a resume.`,
  stopFinish: (n: number) => (n === 1 ? 'Let it finish' : `Let the ${n.toLocaleString('en')} finish`),
  stopFinishing: 'Nothing more is given out; movies in work are done to the end.',
  stopConfirm: 'Stop now',
  stopCancel: 'Keep running',
  stopped: 'Processing is stopped.',
  notFoundTitle: 'There is no such session',
  notFound: 'It may have been moved or removed.',
  loadFailed: 'The session could not be loaded.',
  copy: 'Copy the session’s name',
} as const;

export const selectionWords = {
  label: 'Selection',
  count: (n: number) => `${n.toLocaleString('en')} selected`,
  of: (all: string) => `of ${all}`,
  takes: 'Which movies the limits select',
  within: 'Within limits',
  beyond: 'Beyond limits',
  export: 'Export',
  csv: 'CSV, with units',
  json: 'JSON, with units',
  fileWord: 'selection',
  clear: 'Clear the selection',
} as const;
