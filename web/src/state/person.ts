const PLACE = 'cryoem-person';

/** The name for the timeline of whoever uses this browser; empty if no name was given. */
export const personName = (): string => localStorage.getItem(PLACE) ?? '';
export const setPersonName = (name: string): void => localStorage.setItem(PLACE, name.trim());
