import { plural } from '../data/words.ts';

export const galleryWords = {
  empty: 'No images yet',
  orderHint: 'The latest micrograph comes first.',
  size: 'Image size',
  sizes: { s: 'Small', m: 'Medium', l: 'Large' },
  showNew: (n: number) => `Show ${plural(n, 'new movie')}`,
  item: (base: string) => `Open movie ${base}`,
} as const;
