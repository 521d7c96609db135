import type { SessionKey } from '../contract/api.ts';
import type { SessionPaths } from './names.ts';

/** Which session: what its parts, and events about it, need to know of it. */
export interface SessionRef {
  /** Of its row in the ledger. */
  readonly id: number;
  readonly key: SessionKey;
  readonly paths: SessionPaths;
}
