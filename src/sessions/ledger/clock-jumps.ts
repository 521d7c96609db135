import type { Clock } from '../../base/clock.ts';
import type { Ledger } from './ledger.ts';

/** A smaller difference between the clocks is the usual adjustment by NTP. */
const MIN_JUMP_MS = 2000;
/** Key in the ledger: boot id, and the time of the wall clock at the start of the machine. */
const OFFSET_KEY = 'clock offset';

/** The machine's own clock, which continues while the service is not running. */
export interface MachineClock {
  /** Changes when the machine is rebooted; null: not known. */
  readonly bootId: string | null;
  /** Monotonic, since the start of the machine, ms. */
  uptimeMs(): number;
}

/**
 * The clock of the service, and of the times in its ledger. If the wall clock is changed, the times of
 * waiting movies are moved by the same difference, before the new time is used: they keep their remaining
 * delays and their ages.
 */
export class LedgerClock implements Clock {
  private readonly clock: Clock;
  private readonly machine: MachineClock;
  private readonly ledger: Ledger;
  /** Wall clock minus monotonic clock. */
  private offsetMs: number;

  /** @param maxDelayMs - maximum delay of retries, also if a jump is not known because of a reboot */
  constructor(clock: Clock, machine: MachineClock, ledger: Ledger, maxDelayMs: number) {
    this.clock = clock;
    this.machine = machine;
    this.ledger = ledger;
    this.offsetMs = clock.wallMs() - clock.monotonicMs();
    this.moveBy(this.jumpWhileStoppedMs());
    ledger.times.limit(clock.wallMs(), maxDelayMs);
  }

  monotonicMs(): number {
    return this.clock.monotonicMs();
  }

  wallMs(): number {
    const wallMs = this.clock.wallMs();
    const offsetMs = wallMs - this.clock.monotonicMs();
    const jumpMs = offsetMs - this.offsetMs;
    if (Math.abs(jumpMs) >= MIN_JUMP_MS) {
      this.offsetMs = offsetMs;
      this.moveBy(jumpMs);
    }
    return wallMs;
  }

  /** The difference by which the wall clock was changed since the offset was stored; 0 if it is not known. */
  private jumpWhileStoppedMs(): number {
    const [bootId, startMs] = (this.ledger.getMeta(OFFSET_KEY) ?? '').split(' ');
    const isSameBoot = this.machine.bootId !== null && bootId === this.machine.bootId;
    return isSameBoot ? this.machineStartMs() - Number(startMs) : 0;
  }

  private moveBy(jumpMs: number): void {
    const { ledger, machine } = this;
    ledger.transaction(() => {
      if (Math.abs(jumpMs) >= MIN_JUMP_MS) ledger.times.move(jumpMs);
      if (machine.bootId !== null) ledger.setMeta(OFFSET_KEY, `${machine.bootId} ${this.machineStartMs()}`);
    });
  }

  private machineStartMs(): number {
    return Math.round(this.clock.wallMs() - this.machine.uptimeMs());
  }
}

/** @param bootId - of this machine; null: not known */
export const machineClock = (bootId: string | null): MachineClock => ({
  bootId,
  uptimeMs: () => Number(process.hrtime.bigint() / 1_000_000n),
});
