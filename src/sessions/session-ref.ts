import type { SessionKey } from '../contract/api.ts';
import type { SessionPaths } from './names.ts';

/** Identifies a session, for its parts and for events about it. */
export interface SessionRef {
  /** Of its row in the ledger. */
  readonly id: number;
  readonly key: SessionKey;
  readonly paths: SessionPaths;
}
