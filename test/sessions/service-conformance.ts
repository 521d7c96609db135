import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionKey } from '../../src/contract/api.ts';
import type { NumberedEvent, SessionService } from '../../src/sessions/service.ts';
import { VALUES } from './support.ts';

/** A service with one session, made for one test. */
export interface ServiceHarness {
  readonly service: SessionService;
  /**
   * Key of a session with 25 processed movies: every fifth failed with MOVIE_TRUNCATED, the rest are done.
   */
  readonly key: SessionKey;
  /** Causes a live event. */
  causeEvent(): void | Promise<void>;
  close(): Promise<void>;
}

const ACTIVE = ['processing_start', 'processing', 'processing_complete'];
const missingSession = { code: 'NO_SUCH_SESSION' };

/**
 * Tests of the behaviour common to all implementations of the ports. The test file of each implementation
 * calls this function.
 */
export function describeService(name: string, create: () => Promise<ServiceHarness>): void {
  describe(`session service ${name}`, () => {
    let harness: ServiceHarness;
    let service: SessionService;
    let key: SessionKey;
    beforeEach(async () => {
      harness = await create();
      ({ service, key } = harness);
    });
    afterEach(() => harness.close());

    const rows = async () => (await service.queries.movies(key, { limit: 1000, order: 'oldest' })).movies;
    const failedBases = async () =>
      (await rows()).filter((row) => row.state === 'failed').map((row) => row.base);

    describe('queries', () => {
      it('find the session in all lists', async () => {
        const summary = await service.queries.find(key);
        expect(summary).toMatchObject({ ...key, counts: { done: 20, failed: 5, total: 25 } });
        expect(await service.queries.all()).toEqual([summary]);
        expect(await service.queries.list(key.project, key.user)).toEqual([summary]);
        expect(await service.queries.page({ limit: 10, after: '' })).toEqual({
          sessions: [summary],
          nextCursor: null,
        });
        const after = `${key.project}/${key.user}/${key.session}`;
        expect((await service.queries.page({ limit: 10, after })).sessions).toEqual([]);
        expect(await service.queries.list(key.project, 'somebody')).toEqual([]);
        expect(await service.queries.detail(key)).toMatchObject({ ...summary, suggested: expect.anything() });
        expect(await service.queries.gain(key)).toMatchObject({ verdict: expect.any(String) });
      });

      it('return the status fields of the compatibility routes', async () => {
        const { state } = (await service.queries.find(key))!;
        const counts = { raw_files: 25, processed_files: 20, failed_jobs: 5, percent_done_total: 80 };
        const status = await service.queries.compatibilityStatus(key);
        expect(status).toMatchObject({ ...counts, percent_current_cycle: 100, state });
      });

      it('return null, or no_such_session, for a missing session', async () => {
        const other = { ...key, session: 'none' };
        for (const query of ['find', 'detail', 'gain'] as const)
          expect(await service.queries[query](other)).toBeNull();
        expect(await service.queries.compatibilityStatus(other)).toEqual({
          failed_jobs: 0,
          percent_current_cycle: 0,
          percent_done_total: 0,
          processed_files: 0,
          raw_files: 0,
          state: 'no_such_session',
        });
      });

      it('refuse names that are not folder names', async () => {
        const badName = { code: 'BAD_NAME' };
        await expect(service.queries.find({ ...key, session: '../x' })).rejects.toMatchObject(badName);
        await expect(service.queries.list('..', key.user)).rejects.toMatchObject(badName);
      });

      it('return each movie once, page by page, in both orders', async () => {
        const read = async (order: 'newest' | 'oldest') => {
          const bases: string[] = [];
          let page = await service.queries.movies(key, { limit: 10, order });
          bases.push(...page.movies.map((row) => row.base));
          while (page.nextCursor !== null) {
            page = await service.queries.movies(key, { limit: 10, order, cursor: page.nextCursor });
            bases.push(...page.movies.map((row) => row.base));
          }
          return bases;
        };
        const oldest = await read('oldest');
        expect(oldest).toHaveLength(25);
        expect(await read('newest')).toEqual([...oldest].reverse());
      });

      it('return movies of one state, and refuse an invalid cursor', async () => {
        const page = await service.queries.movies(key, { limit: 10, order: 'oldest', state: 'failed' });
        expect(page.movies.map((row) => row.state)).toEqual(Array.from({ length: 5 }, () => 'failed'));
        expect(page.nextCursor).toBeNull();
        const request = service.queries.movies(key, { limit: 10, order: 'oldest', cursor: 'x' });
        await expect(request).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
      });

      it('return movies after a given one, as series and as columns', async () => {
        const all = await rows();
        expect(await service.queries.series(key, -1, 1000)).toEqual(all);
        expect(await service.queries.series(key, all[3]!.seq, 2)).toEqual(all.slice(4, 6));
        const doneRows = all.filter((row) => row.state === 'done');
        const first = await service.queries.columns(key, -1, 15);
        expect([first.rows, first.hasMore]).toEqual([15, true]);
        const restColumns = await service.queries.columns(key, first.seq[14]!, 15);
        expect([restColumns.rows, restColumns.hasMore]).toEqual([5, false]);
        expect([...first.bases.slice(0, 15), ...restColumns.bases.slice(0, 5)]).toEqual(
          doneRows.map((row) => row.base),
        );
      });

      it('return one movie, and refuse an unknown one', async () => {
        const [row] = await rows();
        const detail = await service.queries.movie(key, row!.base);
        expect(detail.row).toEqual(row);
        expect(await service.queries.outputPath(key, row!.base, 'thumbnail')).toContain(
          `${row!.base}_thumb.jpg`,
        );
        const refusal = { code: 'NO_SUCH_MOVIE' };
        await expect(service.queries.movie(key, 'none')).rejects.toMatchObject(refusal);
        await expect(service.queries.movieLog(key, 'none')).rejects.toMatchObject(refusal);
        await expect(service.queries.outputPath(key, 'none', 'thumbnail')).rejects.toMatchObject(refusal);
        const picture = service.queries.outputPath(key, row!.base, 'nothing');
        await expect(picture).rejects.toMatchObject({ code: 'NO_SUCH_PICTURE' });
      });
    });

    it('every port refuses a missing session', async () => {
      const other = { ...key, session: 'none' };
      const { queries, commands, review, trials } = service;
      const requests = [
        queries.movies(other, { limit: 1, order: 'newest' }),
        queries.series(other, -1, 1),
        queries.columns(other, -1, 1),
        queries.grid(other),
        queries.gridHoles(other, 'x'),
        queries.movie(other, 'x'),
        queries.movieLog(other, 'x'),
        queries.outputPath(other, 'x', 'thumbnail'),
        queries.timeline(other, 1),
        commands.start(other, VALUES),
        commands.stop(other),
        commands.resume(other, {}),
        commands.retry(other, {}),
        review.decide(other, ['x'], { verdict: null }, 'somebody'),
        review.failureCauses(other),
        review.failures(other, { code: null, aside: false, limit: 1 }),
        trials.preview(other, {}, false),
        trials.begin(other, VALUES, null),
        trials.last(other),
        trials.cancel(other),
        trials.picturePath(other, 'trial-1', 'thumbnail'),
      ];
      const results = await Promise.allSettled(requests);
      expect(results).toMatchObject(requests.map(() => ({ status: 'rejected', reason: missingSession })));
    });

    describe('commands', () => {
      it('start and resume make the session active', async () => {
        expect(ACTIVE).toContain((await service.commands.start(key, VALUES)).state);
        expect(ACTIVE).toContain((await service.commands.resume(key, {})).state);
      });

      it('stop is never refused: a second stop changes nothing', async () => {
        const { state } = await service.commands.stop(key);
        expect((await service.commands.stop(key, 'somebody', 'finish')).state).toBe(state);
        expect((await service.queries.find(key))?.state).toBe(state);
      });

      it('retry allows new attempts for one failed movie, or for all failed movies with one cause', async () => {
        const [base] = await failedBases();
        const doneBase = (await rows()).find((row) => row.state === 'done')!.base;
        expect(await service.commands.retry(key, { base: doneBase })).toBe(0);
        expect(await service.commands.retry(key, { code: 'CTF_FAILED' })).toBe(0);
        expect(await service.commands.retry(key, { base: base! })).toBe(1);
        const unknownRetry = service.commands.retry(key, { base: 'none' });
        await expect(unknownRetry).rejects.toMatchObject({ code: 'NO_SUCH_MOVIE' });
      });
    });

    describe('review', () => {
      it('counts failures by cause, and sets rejected movies aside', async () => {
        const [first, ...otherBases] = (await failedBases()).reverse();
        expect(await service.review.failureCauses(key)).toEqual([
          { code: 'MOVIE_TRUNCATED', count: 5, aside: 0 },
        ]);
        expect(await service.review.decide(key, [first!], { verdict: 'rejected' }, 'somebody')).toBe(1);
        expect(await service.review.failureCauses(key)).toEqual([
          { code: 'MOVIE_TRUNCATED', count: 4, aside: 1 },
        ]);
        const listedBases = async (aside: boolean) =>
          (await service.review.failures(key, { code: 'MOVIE_TRUNCATED', aside, limit: 10 })).movies.map(
            (row) => row.base,
          );
        expect(await listedBases(false)).toEqual(otherBases);
        expect(await listedBases(true)).toEqual([first]);
        expect(await service.commands.retry(key, {})).toBe(4);
      });

      it('refuses unknown movies without changing anything', async () => {
        const [row] = await rows();
        const decision = service.review.decide(key, [row!.base, 'none'], { verdict: 'rejected' }, 'somebody');
        await expect(decision).rejects.toMatchObject({ code: 'NO_SUCH_MOVIE' });
        expect((await rows())[0]).toEqual(row);
        expect(await service.review.decide(key, [], { verdict: 'rejected' }, 'somebody')).toBe(0);
      });
    });

    it('a trial can be started, reported and cancelled', async () => {
      expect(await service.trials.last(key)).toBeNull();
      expect(await service.trials.cancel(key)).toBeNull();
      const unknownTrial = service.trials.begin(key, VALUES, 'none');
      await expect(unknownTrial).rejects.toMatchObject({ code: 'NO_SUCH_MOVIE' });
      const [row] = await rows();
      const { id } = await service.trials.begin(key, VALUES, row!.base);
      expect(await service.trials.last(key)).toMatchObject({ id, base: row!.base, parameters: VALUES });
      const picture = service.trials.picturePath(key, 'trial-none', 'thumbnail');
      await expect(picture).rejects.toMatchObject({ code: 'NO_SUCH_PICTURE' });
      expect(await service.trials.cancel(key)).toMatchObject({ id });
    });

    it('events continue after the last event that a client received', async () => {
      const receivedEvents: NumberedEvent[] = [];
      const unsubscribe = service.events.subscribe(null, (event) => receivedEvents.push(event));
      await harness.causeEvent();
      await expect.poll(() => receivedEvents.length).toBeGreaterThan(0);
      unsubscribe();
      const count = receivedEvents.length;
      await harness.causeEvent();
      const missedEvents: NumberedEvent[] = [];
      await expect
        .poll(() => {
          missedEvents.length = 0;
          service.events.subscribe(receivedEvents.at(-1)!.id, (event) => missedEvents.push(event))();
          return missedEvents.length;
        })
        .toBeGreaterThan(0);
      expect(missedEvents[0]!.id).toBe(receivedEvents[count - 1]!.id + 1);
      expect(receivedEvents).toHaveLength(count);
      const unknownEvents: NumberedEvent[] = [];
      service.events.subscribe(Number.MAX_SAFE_INTEGER, (event) => unknownEvents.push(event))();
      expect(unknownEvents[0]?.event.event).toBe('reset');
    });

    it('is ready until it is closed', async () => {
      expect(service.ready()).toBe(true);
      await service.close();
      expect(service.ready()).toBe(false);
    });
  });
}
