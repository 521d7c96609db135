import { EventEmitter } from 'node:events';
import type { SessionKey } from '../contract/api.ts';
import type { ScanReport } from './discovery/messages.ts';
import type { SessionRef } from './session-ref.ts';

/** Result of a scan of the session directory; sessions below `unreadable` folders are unknown this time. */
export interface SessionScan {
  readonly found: readonly SessionKey[];
  readonly unreadable: readonly string[];
}

/** Events between the parts of this layer. Listeners are called at once, in the order of subscription. */
export interface SessionEvents {
  sessionsScanned: [scan: SessionScan];
  /** A scan of `raw` of a session found something. */
  rawScanned: [report: ScanReport];
  /** The discovery thread was restarted: it watches nothing yet. */
  discoveryRestarted: [reason: string];
  /** A gain reference is complete. @param path - absolute */
  gainReady: [session: SessionRef, path: string];
  /** Something in the summary of a session changed. */
  sessionChanged: [session: SessionRef];
  moviesChanged: [session: SessionRef, bases: readonly string[]];
  /** So much changed at once that clients must reload. */
  reloadNeeded: [reason: string];
  resultTaken: [session: SessionRef];
  /** Movies were accepted or rejected. */
  verdictsChanged: [session: SessionRef];
  /** There may be work for the scheduler. */
  workAvailable: [];
}

/** The event bus of the layer, so that senders need no reference to receivers. */
export class Bus extends EventEmitter<SessionEvents> {}
