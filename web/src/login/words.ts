export const loginWords = {
  title: 'Log in',
  lead: 'Live results of your microscope sessions.',
  token: 'Access token',
  tokenHelp: 'The token of the service’s config file, or the one that your facility gave you.',
  button: 'Log in',
  wrong: 'This token is not the right one.',
  empty: 'Give the access token.',
  unreachable: 'The service does not answer. Is it running?',
  show: 'Show or hide the token',
} as const;
