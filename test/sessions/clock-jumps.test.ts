import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { LedgerClock, type MachineClock } from '../../src/sessions/ledger/clock-jumps.ts';
import { type Ledger, openLedger } from '../../src/sessions/ledger/ledger.ts';
import { FakeExecutor } from './fake-executor.ts';
import { KEY, until, VALUES, World } from './support.ts';

const HOUR_MS = 3_600_000;
const DELAY_MS = 5000;

/** A wall clock and a monotonic clock that advance only when the test advances them. */
class ManualClock implements Clock, MachineClock {
  bootId = 'boot-1';
  private wall = Date.UTC(2026, 0, 1);
  private monotonic = 1000;

  wallMs = () => this.wall;
  monotonicMs = () => this.monotonic;
  uptimeMs = () => this.monotonic;

  advance(ms: number): void {
    this.wall += ms;
    this.monotonic += ms;
  }

  jump(byMs: number): void {
    this.wall += byMs;
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

/** A ledger with one movie that is retried after `DELAY_MS`. */
function ledgerWithWaitingMovie(clock: ManualClock): {
  ledger: Ledger;
  id: number;
  ledgerClock: LedgerClock;
} {
  const ledger = openLedger(world.stateDir);
  const ledgerClock = new LedgerClock(clock, clock, ledger, HOUR_MS);
  const { id } = ledger.sessions.idOf(KEY);
  const seq = ledger.movies.add(id, { base: 'a', path: 'a.mrc', sizeBytes: 1, mtimeMs: 1 }, 3);
  ledger.movies.setWaiting(seq, 1, ledgerClock.wallMs() + DELAY_MS, 'PROGRAM_FAILED', 'It failed.');
  return { ledger, id, ledgerClock };
}

describe('a wall clock that is changed', () => {
  it.each([-HOUR_MS, HOUR_MS, -24 * HOUR_MS])(
    'by %i ms does not change how long a movie waits for its retry',
    (jumpMs) => {
      const clock = new ManualClock();
      const { ledger, id, ledgerClock } = ledgerWithWaitingMovie(clock);
      clock.jump(jumpMs);
      expect(ledger.movies.isAnyDue(id, ledgerClock.wallMs())).toBe(false);
      clock.advance(DELAY_MS);
      expect(ledger.movies.isAnyDue(id, ledgerClock.wallMs())).toBe(true);
      ledger.close();
    },
  );

  it.each([
    ['the delay stays the same without a reboot', 'boot-1', DELAY_MS],
    ['the delay is at most the maximum delay after a reboot', 'boot-2', HOUR_MS],
  ])('to an earlier time while the service is not running: %s', (_, bootId, waitMs) => {
    const clock = new ManualClock();
    ledgerWithWaitingMovie(clock).ledger.close();
    clock.jump(-24 * HOUR_MS);
    clock.bootId = bootId;
    const ledger = openLedger(world.stateDir);
    const ledgerClock = new LedgerClock(clock, clock, ledger, HOUR_MS);
    const { id } = ledger.sessions.idOf(KEY);
    clock.advance(waitMs);
    expect(ledger.movies.isAnyDue(id, ledgerClock.wallMs())).toBe(true);
    ledger.close();
  });

  it('to an earlier time: results in the future are not counted in the rate', () => {
    const ledger = openLedger(world.stateDir);
    const { id } = ledger.sessions.idOf(KEY);
    const seq = ledger.movies.add(id, { base: 'a', path: 'a.mrc', sizeBytes: 1, mtimeMs: 1 }, 3);
    ledger.movies.fail(seq, 1, 'CTF_FAILED', 'It failed.', 2 * HOUR_MS);
    expect(ledger.sessions.finishedWithin(id, 2 * HOUR_MS, HOUR_MS)).toMatchObject({ count: 1 });
    expect(ledger.sessions.finishedWithin(id, HOUR_MS, HOUR_MS)).toMatchObject({ count: 0 });
    ledger.close();
  });

  it('does not delay a retry in a running service', async () => {
    let setBackMs = 0;
    const clock: Clock = {
      wallMs: () => Date.now() - setBackMs,
      monotonicMs: () => performance.now(),
    };
    const executor = new FakeExecutor();
    world.set('retry', { firstDelayMs: 300 });
    world.writeMovies(1);
    let attempts = 0;
    executor.behaviour = () => (++attempts === 1 ? 'PROGRAM_FAILED' : 'ok');
    const service = await world.serve(executor, {}, clock);
    await service.commands.start(KEY, VALUES);
    await until('the first attempt has failed', () => attempts === 1);
    setBackMs = HOUR_MS;
    await until('the movie is done', async () => (await service.queries.find(KEY))?.counts.done === 1);
  });
});
