export const settingsWords = {
  title: 'Parameters of the last start',
  none: 'Not started yet',
  noneHint: 'The parameters appear here after the first start.',
  unset: 'not given',
  byDefault: 'default',
  folder: 'Folder',
  yes: 'Yes',
  no: 'No',
} as const;
