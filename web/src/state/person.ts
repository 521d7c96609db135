const PLACE = 'cryoem-person';

/** The name under which this browser's decisions stand in the timeline; empty where nobody gave one. */
export const personName = (): string => localStorage.getItem(PLACE) ?? '';
export const setPersonName = (name: string): void => localStorage.setItem(PLACE, name.trim());
