export const tableWords = {
  pick: (base: string) => `Select ${base}`,
  number: 'No.',
  empty: 'No results yet',
  label: 'Processed movies',
  sortBy: (what: string) => `Sort by ${what}`,
  emptyHint: 'A movie appears here when it has been processed.',
} as const;
