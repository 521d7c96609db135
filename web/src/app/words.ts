export const shellWords = {
  logOut: 'Log out',
  skip: 'Skip to content',
  toDark: 'Switch to dark theme',
  toLight: 'Switch to light theme',
  home: 'CryoEM, all sessions',
} as const;

export const connectionWords = {
  open: 'Live',
  connecting: 'Connecting',
  lost: 'Connection lost',
  lostLong: (since: string) => `Connection lost. Reconnecting; values are from ${since}.`,
  retryNow: 'Retry now',
} as const;

export const noticeWords = {
  switchOn: 'Notify me about problems and completion',
  switchOff: 'Turn off notifications',
  isOn: 'Notifications are shown while this page is open in the background.',
  refused: 'The browser blocks notifications from this page.',
} as const;
