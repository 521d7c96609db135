import type { LiveConnection } from './connection.ts';
import { Observable } from './observable.ts';

/** The live connection of the view on screen; there is one at a time. */
export const currentConnection = new Observable<LiveConnection | null>(null);
