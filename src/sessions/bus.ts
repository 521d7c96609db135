import { EventEmitter } from 'node:events';
import type { SessionKey } from '../contract/api.ts';
import type { UnusableFolder } from './discovery/find-sessions.ts';
import type { ScanReport } from './discovery/messages.ts';
import type { SessionRef } from './session-ref.ts';

/** Result of a scan of the session directory; sessions below `unreadable` folders could not be listed. */
export interface SessionScan {
  readonly found: readonly SessionKey[];
  readonly unreadable: readonly string[];
  readonly unusable: readonly UnusableFolder[];
}

/**
 * Events between the parts of this layer. Listeners are called synchronously, in the order of subscription.
 */
export interface BusEvents {
  sessionsScanned: [scan: SessionScan];
  /** A scan of a session's `raw` found changes. */
  rawScanned: [report: ScanReport];
  /** The discovery thread was restarted and does not watch any session yet. */
  discoveryRestarted: [reason: string];
  /** The session with this id, which is not watched because its scan hung, may respond again. */
  watchReleased: [id: number];
  /** A gain reference is complete. @param path - absolute */
  gainReady: [session: SessionRef, path: string];
  /** The summary of a session changed. */
  sessionChanged: [session: SessionRef];
  moviesChanged: [session: SessionRef, bases: readonly string[]];
  /** So many values changed at once that clients must reload. */
  reloadNeeded: [reason: string];
  resultStored: [session: SessionRef];
  /** Movies were accepted or rejected. */
  decisionsChanged: [session: SessionRef];
  /** There may be work for the scheduler. */
  workAvailable: [];
}

/** The event bus of the layer, so that senders need no reference to receivers. */
export class Bus extends EventEmitter<BusEvents> {}
