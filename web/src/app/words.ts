export const shellWords = {
  logOut: 'Log out',
  skip: 'Skip to content',
  toDark: 'Switch to dark colours',
  toLight: 'Switch to light colours',
  home: 'CryoEM, all sessions',
} as const;

export const connectionWords = {
  open: 'Live',
  connecting: 'Connecting',
  lost: 'Connection lost',
  lostLong: (since: string) => `Connection lost. Trying again; figures are from ${since}.`,
  back: 'Connected again. Everything is up to date.',
  retryNow: 'Try now',
} as const;

export const noticeWords = {
  switchOn: 'Notify me of trouble and when it is done',
  switchOff: 'No more notices',
  isOn: 'Notices come while this page is open and you look elsewhere.',
  refused: 'The browser does not allow notices for this page.',
} as const;
