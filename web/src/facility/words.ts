import { plural } from '../data/words.ts';

export const kioskWords = {
  title: 'Wall screen',
  none: 'No session is in work',
  noneHint: 'The next one appears here by itself.',
  place: (i: number, n: number) => `${i} of ${n}`,
  newest: 'Newest micrograph',
  spectrum: 'Its spectrum',
  leave: 'Leave the wall screen',
} as const;

export const facilityWords = {
  title: 'Sessions',
  search: 'Search sessions',
  searchHint: 'Name, user or project',
  all: 'All',
  filter: 'Filter by state',
  active: 'Active',
  attention: 'Attention',
  done: 'Complete',
  emptyTitle: 'No sessions yet',
  empty: 'A session appears here by itself once its folder holds raw.',
  noMatch: 'No session matches.',
  clear: 'Clear the search',
  count: (shown: number, all: number) =>
    shown === all ? plural(all, 'session') : `${shown.toLocaleString('en')} of ${plural(all, 'session')}`,
  noThumbnail: 'No picture yet',
  thumbnailOf: (session: string) => `Newest micrograph of ${session}`,
  open: (session: string) => `Open session ${session}`,
  list: 'Sessions, live',
  project: 'Project',
  user: 'User',
  anyProject: 'All projects',
  anyUser: 'All users',
  busy: 'microscope busy',
  quiet: (since: string) => `microscope quiet, last movie ${since}`,
  noMovie: 'no movie yet',
  totals: {
    processing: 'processing',
    attention: 'with failures',
    perHour: 'movies/h in all',
    left: 'movies to do',
  },
  moreWarnings: (n: number) => `and ${plural(n, 'more warning')}`,
  listFailed: 'The sessions could not be loaded.',
} as const;
