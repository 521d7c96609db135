import { plural } from '../data/words.ts';

export const noticeWords = {
  done: 'Complete: all movies are processed.',
  failures: (n: number) => `${plural(n, 'movie')} failed.`,
} as const;
