import { EventEmitter } from 'node:events';
import type { SessionKey } from '../contract/api.ts';
import type { LookReport } from './discovery/messages.ts';
import type { SessionRef } from './session-ref.ts';

/** What a scan of the session directory found; sessions below `unreadable` folders are not known this time. */
export interface SessionScan {
  readonly found: readonly SessionKey[];
  readonly unreadable: readonly string[];
}

/** What the parts of this layer tell each other. Listeners are called at once, in the order of subscription. */
export interface SessionEvents {
  sessionsScanned: [scan: SessionScan];
  /** A look below `raw` of a session found something. */
  rawLooked: [report: LookReport];
  /** The thread that looks at files was started again: it watches nothing yet. */
  discoveryRestarted: [reason: string];
  /** A gain reference is complete. @param path - absolute */
  gainReady: [session: SessionRef, path: string];
  /** Something of the session that its summary shows. */
  sessionChanged: [session: SessionRef];
  moviesChanged: [session: SessionRef, bases: readonly string[]];
  /** So much changed at once that clients load again. */
  reloadNeeded: [reason: string];
  resultTaken: [session: SessionRef];
  /** Movies were accepted or rejected. */
  verdictsChanged: [session: SessionRef];
  /** The scheduler may have something to do. */
  workAppeared: [];
}

/** The bus of the layer: who tells does not know who listens. */
export class Bus extends EventEmitter<SessionEvents> {}
