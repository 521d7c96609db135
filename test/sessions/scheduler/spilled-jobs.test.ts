import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Clock } from '../../../src/base/clock.ts';
import { SpilledJobs } from '../../../src/sessions/scheduler/spilled-jobs.ts';
import { FakeExecutor } from '../fake-executor.ts';
import { KEY, until, VALUES, World } from '../support.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

/** A clock that advances only when the test advances it. */
class ManualClock implements Clock {
  private nowMs = Date.now();
  wallMs = () => this.nowMs;
  monotonicMs = () => this.nowMs;
  advance(ms: number): void {
    this.nowMs += ms;
  }
}

/** Changes the ledger as if all waiting movies had been waiting longer by this time. */
function ageWaitingMovies(seconds: number): void {
  const db = new DatabaseSync(join(world.stateDir, 'ledger.sqlite'));
  db.exec(
    `UPDATE movies SET waiting_since_ms = waiting_since_ms - ${1000 * seconds} WHERE state = 'waiting'`,
  );
  db.close();
}

test('a job for up to four batches is being filled until it has four, or has been submitted', () => {
  const clock = new ManualClock();
  const jobs = new SpilledJobs(clock);
  const session = { id: 1, key: KEY, paths: world.paths };
  const executor = new FakeExecutor(8, 'slurm');
  executor.batchesPerJob = 4;
  expect(jobs.isFilling(session, executor)).toBe(false);
  for (let batch = 1; batch <= 4; batch++) {
    jobs.onSubmitted(session, executor);
    expect(jobs.isFilling(session, executor)).toBe(batch < 4);
  }
  jobs.onSubmitted(session, executor);
  expect(jobs.isFilling(session, executor)).toBe(true);
  clock.advance(5000);
  expect(jobs.isFilling(session, executor)).toBe(false);
});

test('eight movies that become due one after another fill two jobs of four batches each, and start no third job', async () => {
  const localExecutor = new FakeExecutor(1, 'local');
  localExecutor.behaviour = () => 'hang';
  const slurmExecutor = new FakeExecutor(16, 'slurm');
  slurmExecutor.batchesPerJob = 4;
  slurmExecutor.behaviour = () => 'hang';
  world.settings = { ...world.settings, executors: ['local', 'slurm'] };
  world.set('scheduling', { spillMs: 600_000, liveShare: 0 });
  const service = await world.serve([localExecutor, slurmExecutor], {}, new ManualClock());
  const untilWaiting = (count: number) =>
    until(`${count} wait`, async () => (await service.queries.find(KEY))!.counts.waiting === count);
  world.writeMovies(2);
  await untilWaiting(2);
  await service.commands.start(KEY, VALUES);
  await until('the preferred executor is full', () => localExecutor.batches.length === 2);
  world.writeMovies(1, 2);
  await untilWaiting(1);
  ageWaitingMovies(200);
  world.writeMovies(7, 3);
  await untilWaiting(8);
  expect(slurmExecutor.batches).toHaveLength(0);
  // The first movie has waited for 700 s, and needs a job; movies that have waited for 500 s fill it.
  ageWaitingMovies(500);
  await until('a job is full', () => slurmExecutor.batches.length >= 4);
  await untilWaiting(4);
  ageWaitingMovies(200);
  await until('the others fill another job', () => slurmExecutor.batches.length === 8);
});
