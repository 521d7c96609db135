import type { LiveConnection } from './connection.ts';
import { Observable } from './observable.ts';

/** The live connection of the view on screen; there is one at a time. */
export const currentConnection = new Observable<LiveConnection | null>(null);

/** How often a live connection has come to stand: a picture that failed is worth another try after each. */
export const connectionsMade = new Observable(0);
