import { plural } from '../data/words.ts';

export const galleryWords = {
  empty: 'No pictures yet',
  emptyHint: 'The newest micrograph comes first.',
  size: 'Size of the pictures',
  sizes: { s: 'Small', m: 'Medium', l: 'Large' },
  fresh: (n: number) => `Show ${plural(n, 'new movie')}`,
  item: (base: string) => `Open movie ${base}`,
} as const;
