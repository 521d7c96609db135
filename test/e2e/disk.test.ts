import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Executor } from '../../src/executors/executor.ts';
import { createLocalExecutor } from '../../src/executors/local/executor.ts';
import { simulateSession } from '../../src/simulator/session.ts';
import { KEY, until, World } from '../sessions/support.ts';
import { filesBelow } from '../support/e2e/harness.ts';

const MOUNT_BYTES = 40 * 2 ** 20;
/** Too small for the outputs of one movie of 384x384, which need 2.5 MB. */
const FREE_BYTES = 2 ** 20;

/** Why no small disk can be mounted here; null if one can. */
function mountProblem(): string | null {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root to mount a small disk';
  const directory = mkdtempSync(join(tmpdir(), 'cryoem-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory], { stdio: 'pipe' });
    execFileSync('umount', [directory]);
    return null;
  } catch {
    return 'needs permission to mount';
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const problem = mountProblem();

describe.skipIf(problem !== null)(
  `failures of a separate disk${problem === null ? '' : ` [${problem}]`}`,
  () => {
    let world: World;
    let executor: Executor;

    beforeAll(async () => {
      world = new World();
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${MOUNT_BYTES}`, 'tmpfs', world.paths.root]);
      const { root: sessionDir } = world.paths;
      await simulateSession({ sessionDir, movies: 3, width: 384, height: 384, frames: 6 });
      executor = createLocalExecutor({ slots: 2, threads: 1 });
    });
    afterAll(async () => {
      await world.endServices();
      await executor.close();
      execFileSync('umount', [world.paths.root]);
      await world.close();
    });

    it('a full disk stops processing, and the session shows the reason; when space is free, all movies are processed and no temporary file is left', async () => {
      const { bavail, bsize } = statfsSync(world.paths.root);
      const filler = join(world.paths.root, 'filler');
      writeFileSync(filler, Buffer.alloc(bavail * bsize - FREE_BYTES));
      const service = await world.serve(executor, { diskFullMs: 300 });
      await service.commands.start(KEY, { apix: 1, kev: 300, fmdose: 1 });
      const state = async () => (await service.queries.find(KEY))?.state;
      await until('the disk is full', async () => (await state()) === 'processing_failure');
      expect((await service.queries.find(KEY))?.reason).toMatch(/disk with the output files is full/);
      expect((await filesBelow(world.paths.processed)).filter((name) => name.endsWith('.mrc'))).toEqual([]);
      rmSync(filler);
      await until('the session is complete', async () => (await state()) === 'processing_complete');
      expect((await service.queries.find(KEY))?.counts).toMatchObject({ done: 3, failed: 0 });
      // The worker removes its folder after the last record.
      await until(
        'no temporary file is left',
        async () => !readdirSync(world.paths.processed).includes('.tmp'),
      );
    });

    it('an attempt that fails because the disk is read-only does not count; when the disk is writable again, processing continues automatically', async () => {
      const [service] = world.runningServices;
      const state = async () => (await service!.queries.find(KEY))?.state;
      const [movie] = (await filesBelow(world.paths.raw)).filter((name) => name.endsWith('_fractions.tiff'));
      const bytes = readFileSync(join(world.paths.raw, movie!));
      await withReadOnly(world.paths.processed, async () => {
        world.write(movie!.replace('_fractions', '_later_fractions'), bytes);
        await until('processing is blocked', async () => (await state()) === 'processing_failure');
        expect((await service!.queries.find(KEY))?.reason).toMatch(/cannot be written/);
      });
      await until('the session is complete', async () => (await state()) === 'processing_complete');
      expect((await service!.queries.find(KEY))?.counts).toMatchObject({ done: 4, failed: 0 });
      const { movies } = await service!.queries.movies(KEY, { limit: 1, order: 'newest' });
      expect(movies[0]?.attempt).toBe(1);
    });

    it('starting a session is refused if its parameters cannot be written to the disk', async () => {
      await withReadOnly(world.paths.workflow, async () => {
        const start = world.runningServices[0]!.commands.start(KEY, { apix: 2, kev: 300, fmdose: 1 });
        await expect(start).rejects.toMatchObject({ code: 'OUTPUT_NOT_WRITABLE' });
      });
    });
  },
);

async function withReadOnly(path: string, work: () => Promise<void>): Promise<void> {
  execFileSync('mount', ['--bind', path, path]);
  try {
    execFileSync('mount', ['-o', 'remount,bind,ro', path]);
    await work();
  } finally {
    execFileSync('umount', ['--lazy', path]);
  }
}
