export const loginWords = {
  title: 'Log in',
  lead: 'Live results of your microscope sessions.',
  token: 'Access token',
  tokenHelp: 'The token from the config file of the service, or the one that your facility gave you.',
  button: 'Log in',
  wrong: 'Wrong access token.',
  empty: 'Enter the access token.',
  unreachable: 'The service is not responding. Is it running?',
  show: 'Show or hide token',
} as const;
