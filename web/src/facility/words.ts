import { plural } from '../data/words.ts';

export const kioskWords = {
  title: 'Wall display',
  none: 'No session is being processed',
  noneHint: 'The next session appears here automatically.',
  position: (i: number, n: number) => `${i} of ${n}`,
  newest: 'Latest micrograph',
  spectrum: 'Power spectrum',
  leave: 'Leave the wall display',
} as const;

export const facilityWords = {
  title: 'Sessions',
  search: 'Search sessions',
  searchHint: 'Name, user or project',
  all: 'All',
  filter: 'Filter by state',
  active: 'Active',
  attention: 'Needs attention',
  done: 'Complete',
  emptyTitle: 'No sessions yet',
  empty: 'A session appears here as soon as its folder contains raw/.',
  noMatch: 'No matching sessions.',
  clear: 'Clear search',
  clearAll: 'Clear search and filters',
  count: (shown: number, all: number) =>
    shown === all ? plural(all, 'session') : `${shown.toLocaleString('en')} of ${plural(all, 'session')}`,
  noThumbnail: 'No image yet',
  thumbnailOf: (session: string) => `Latest micrograph of ${session}`,
  open: (session: string) => `Open session ${session}`,
  list: 'Sessions, live',
  project: 'Project',
  user: 'User',
  anyProject: 'All projects',
  anyUser: 'All users',
  busy: 'microscope active',
  quiet: (age: string) => `microscope idle, last movie ${age}`,
  noMovie: 'no movies yet',
  timeLeft: 'left',
  totals: {
    processing: (n: number) => `${n === 1 ? 'session' : 'sessions'} in progress`,
    perHour: () => 'movies/h in total',
    left: (n: number) => `${n === 1 ? 'movie' : 'movies'} left`,
    withFailures: (n: number) => `${n === 1 ? 'session' : 'sessions'} with failures`,
  },
  moreWarnings: (n: number) => `and ${plural(n, 'more warning')}`,
  listFailed: 'Sessions could not be loaded.',
} as const;
