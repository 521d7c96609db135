import { afterEach, beforeEach, expect, test } from 'vitest';
import { SpilledJobs } from '../../../src/sessions/scheduler/spilled-jobs.ts';
import { FakeExecutor } from '../fake-executor.ts';
import { KEY, until, VALUES, World } from '../support.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

test('a job of four batches has room until it has four, or has been submitted', () => {
  let nowMs = 0;
  const clock = { monotonicMs: () => nowMs, wallMs: () => nowMs };
  const jobs = new SpilledJobs(clock);
  const session = { id: 1, key: KEY, paths: world.paths };
  const executor = new FakeExecutor(8, 'slurm');
  executor.batchesPerJob = 4;
  expect(jobs.isFilling(session, executor)).toBe(false);
  for (let batch = 1; batch <= 4; batch++) {
    jobs.added(session, executor);
    expect(jobs.isFilling(session, executor)).toBe(batch < 4);
  }
  jobs.added(session, executor);
  expect(jobs.isFilling(session, executor)).toBe(true);
  nowMs += 5000;
  expect(jobs.isFilling(session, executor)).toBe(false);
});

test('eight movies that become due one after another fill two exclusive jobs of four batches, not three', async () => {
  const near = new FakeExecutor(1, 'local');
  near.behaviour = () => 'hang';
  const far = new FakeExecutor(16, 'slurm');
  far.batchesPerJob = 4;
  far.behaviour = () => 'hang';
  world.settings = { ...world.settings, executors: ['local', 'slurm'] };
  world.set('scheduling', { spillMs: 4000, liveShare: 0 });
  const service = await world.serve([near, far]);
  const counted = (what: 'waiting' | 'queued', count: number) =>
    until(`${count} ${what}`, async () => (await service.queries.find(KEY))!.counts[what] === count);
  // The first one is full, with two batches of one movie each.
  world.movies(2);
  await counted('waiting', 2);
  await service.commands.start(KEY, VALUES);
  await until('the first one is full', () => near.batches.length === 2);
  world.movies(1, 2);
  await counted('waiting', 1);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  world.movies(7, 3);
  await counted('waiting', 8);
  await until('the first movie goes to the second one', () => far.batches.length > 0);
  // Movies that will have waited long enough a second later fill its job.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(far.batches.length).toBe(4);
  await until('the others follow', () => far.batches.length === 8);
});
