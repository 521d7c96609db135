import type { SessionKey } from '../contract/api.ts';
import type { SessionPaths } from './names.ts';

/** Identifies a session, for its components and in events. */
export interface SessionRef {
  /** Id of its row in the ledger. */
  readonly id: number;
  readonly key: SessionKey;
  readonly paths: SessionPaths;
}
