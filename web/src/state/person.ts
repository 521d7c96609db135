const STORAGE_KEY = 'cryoem-person';

/** Name of the user of this browser, for the timeline; empty if none was given. */
export const personName = (): string => localStorage.getItem(STORAGE_KEY) ?? '';
export const setPersonName = (name: string): void => localStorage.setItem(STORAGE_KEY, name.trim());
