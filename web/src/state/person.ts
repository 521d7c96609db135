const STORAGE_KEY = 'cryoem-person';

/** The name for the timeline of whoever uses this browser; empty if no name was given. */
export const personName = (): string => localStorage.getItem(STORAGE_KEY) ?? '';
export const setPersonName = (name: string): void => localStorage.setItem(STORAGE_KEY, name.trim());
