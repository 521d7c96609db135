export const apiWords = {
  network: 'The service is not responding.',
  unexpected: 'Unexpected response from the service.',
} as const;
