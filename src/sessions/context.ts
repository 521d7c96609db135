import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import type { ServiceSettings } from '../contract/settings.ts';
import type { Executors } from '../executors/registry.ts';
import type { Bus } from './bus.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { ServiceIdentity } from './ownership/identity.ts';
import type { Tuning } from './tuning.ts';

export type SessionLogger = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/** Dependencies that the parts of this layer share. */
export interface Context {
  readonly settings: ServiceSettings;
  readonly tuning: Tuning;
  readonly executors: Executors;
  readonly logger: SessionLogger;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly bus: Bus;
  /** Identity of this service, which it writes into the owner marks of sessions. */
  readonly identity: ServiceIdentity;
}
