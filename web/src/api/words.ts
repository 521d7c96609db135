export const apiWords = {
  network: 'The service does not answer.',
  unexpected: 'An answer that this page does not understand.',
} as const;
