export const tableWords = {
  pick: (base: string) => `Select ${base}`,
  number: 'No.',
  empty: 'No results yet',
  label: 'Finished movies',
  sortBy: (what: string) => `Sort by ${what}`,
  emptyHint: 'A movie appears here as soon as it is done.',
} as const;
