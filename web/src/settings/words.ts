export const settingsWords = {
  title: 'Parameters of the last start',
  none: 'Not started yet',
  noneHint: 'Parameters appear here after the first start.',
  unset: 'not set',
  byDefault: 'default',
  yes: 'Yes',
  no: 'No',
} as const;
