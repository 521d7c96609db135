import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sessionGainCheckSchema } from '../../../src/contract/api.ts';
import type { GainCheck } from '../../../src/contract/gain-check.ts';
import { ORIENTATIONS, type Orientation } from '../../../src/engine/gain-orientation/orientations.ts';
import { verdictOf } from '../../../src/engine/gain-orientation/verdict.ts';
import { addVote, combinedCheckOf, type GainVote, gainWarningsOf } from '../../../src/sessions/gain/votes.ts';
import type { SessionService } from '../../../src/sessions/service.ts';
import { FakeExecutor } from '../fake-executor.ts';
import { KEY, until, VALUES, World } from '../support.ts';

const UPRIGHT: Orientation = { rotate: 0, flip: 0 };
const UPSIDE_DOWN: Orientation = { rotate: 0, flip: 1 };

/**
 * Gain check of a movie whose counts show this fraction of the gain pattern in one orientation, and
 * nothing in the other orientations.
 */
const checkOf = (shown: Orientation, fraction = 0.9, error = 0.01, setting = UPRIGHT): GainCheck => {
  const isShown = (o: Orientation) => o.rotate === shown.rotate && o.flip === shown.flip;
  return verdictOf(
    setting,
    ORIENTATIONS.map((o) => ({ ...o, score: isShown(o) ? fraction : 0 })),
    error,
  );
};
const voteOf = (base: string, check: GainCheck, alignHash = 'a'): GainVote => ({
  base,
  alignHash,
  check,
  hasPicture: true,
});
const votesOf = (...checks: GainCheck[]) =>
  checks.reduce<GainVote[]>((votes, check, i) => addVote(votes, voteOf(`m${i}`, check)), []);

describe('gain checks of movies', () => {
  test('a contradiction causes a warning that gives the best setting', () => {
    expect(gainWarningsOf(votesOf(checkOf(UPSIDE_DOWN))).join()).toContain('rotgain 0, flipgain 1');
  });

  test('the warning stays the same from movie to movie, even with inconclusive checks', () => {
    const firstVotes = votesOf(checkOf(UPSIDE_DOWN, 0.9));
    const laterVotes = votesOf(
      checkOf(UPSIDE_DOWN, 0.9),
      checkOf(UPSIDE_DOWN, 0.7),
      checkOf(UPRIGHT, 0.1, 0.3),
    );
    expect(gainWarningsOf(laterVotes)).toEqual(gainWarningsOf(firstVotes));
  });

  test('a movie that clearly agrees removes the warning, and one that clearly contradicts restores it', () => {
    const votes = votesOf(checkOf(UPSIDE_DOWN), checkOf(UPSIDE_DOWN), checkOf(UPRIGHT));
    expect(gainWarningsOf(votes)).toEqual([]);
    expect(combinedCheckOf(addVote(votes, voteOf('x', checkOf(UPSIDE_DOWN))))?.verdict).toBe('contradicts');
  });

  test('inconclusive movies can be conclusive together', () => {
    const inconclusive = checkOf(UPSIDE_DOWN, 0.8, 0.2);
    expect(inconclusive.verdict).toBe('thin');
    expect(combinedCheckOf(votesOf(inconclusive, inconclusive, inconclusive))?.verdict).toBe('contradicts');
    expect(combinedCheckOf(votesOf(inconclusive, inconclusive))?.verdict).toBe('thin');
  });

  test('one movie or several together that show an inverted gain cause a warning with the correct setting', () => {
    const invertedCheck = checkOf(UPSIDE_DOWN, -0.9);
    expect(invertedCheck.best).toEqual({ ...UPSIDE_DOWN, sense: 'divide' });
    const votes = votesOf(invertedCheck, invertedCheck);
    expect(gainWarningsOf(votes).join()).toContain('rotgain 0, flipgain 1, gain_sense divide');
    const inconclusive = checkOf(UPSIDE_DOWN, -0.8, 0.2);
    expect(inconclusive.verdict).toBe('thin');
    const threeVotes = votesOf(inconclusive, inconclusive, inconclusive);
    expect(combinedCheckOf(threeVotes)).toMatchObject({ verdict: 'contradicts', best: { sense: 'divide' } });
    const divideSetting = { ...UPRIGHT, sense: 'divide' } as const;
    const divideVotes = votesOf(
      checkOf(UPRIGHT, -0.9, 0.01, divideSetting),
      checkOf(UPRIGHT, -0.9, 0.01, divideSetting),
    );
    expect(combinedCheckOf(divideVotes)).toMatchObject({
      setting: divideSetting,
      best: { ...UPRIGHT, sense: 'multiply' },
    });
  });

  test('a movie that shows the gain pattern without inversion removes the warning about an inverted gain', () => {
    const votes = votesOf(checkOf(UPRIGHT, -0.9), checkOf(UPRIGHT, -0.9), checkOf(UPRIGHT));
    expect(gainWarningsOf(votes)).toEqual([]);
  });

  test('a reprocessed movie counts once, and another alignment recipe discards the old checks', () => {
    const votes = votesOf(checkOf(UPRIGHT), checkOf(UPRIGHT));
    expect(addVote(votes, voteOf('m1', checkOf(UPRIGHT)))).toHaveLength(2);
    expect(addVote(votes, voteOf('m9', checkOf(UPRIGHT), 'b'))).toHaveLength(1);
  });
});

describe('the gain check of a session', () => {
  let world: World;
  let executor: FakeExecutor;
  /** Orientation of the gain pattern in the counts of the movies, whatever the setting. */
  const shown = UPSIDE_DOWN;
  beforeEach(() => {
    world = new World();
    world.write('K3_gain.tiff', 'a gain reference, which is not opened here');
    executor = new FakeExecutor();
    executor.results = ({ base }) => {
      const gain = executor.batches.at(-1)!.recipe.gain!;
      return {
        gainCheck: checkOf(shown, 0.9, 0.01, { rotate: gain.rotate, flip: gain.flip }),
        files: { thumbnail: `${base}_thumb.jpg`, gainPicture: `${base}_thumb.jpg` },
      };
    };
  });
  afterEach(() => world.close());

  const untilDone = (service: SessionService, movies: number) =>
    until(`${movies} are done`, async () => (await service.queries.find(KEY))?.counts.done === movies);
  const gainCheck = async (service: SessionService) =>
    sessionGainCheckSchema.parse(await service.queries.gain(KEY));

  test('is pending before a start, contradicts after the first movies, and agrees after a resume with the best match', async () => {
    world.writeMovies(2);
    const service = await world.serve(executor);
    expect((await gainCheck(service)).verdict).toBe('pending');
    await service.commands.start(KEY, VALUES);
    await untilDone(service, 2);
    const contradiction = await gainCheck(service);
    expect(contradiction).toMatchObject({ verdict: 'contradicts', best: shown, movies: 2 });
    expect(contradiction.none).toBeCloseTo(0.1);
    expect(contradiction.picture).toMatch(/\/movies\/FoilHole_000[01]\/pictures\/gainPicture$/);
    expect((await service.queries.find(KEY))?.warnings.join()).toContain('gain orientation is wrong');
    await service.commands.resume(KEY, { flipgain: 1 });
    expect((await gainCheck(service)).verdict).toBe('pending');
    await untilDone(service, 2);
    expect((await gainCheck(service)).verdict).toBe('agrees');
    expect((await service.queries.find(KEY))?.warnings).toEqual([]);
  });

  test.each(['with its ledger', 'without its ledger'])(
    'keeps its warning after a restart of the service %s, before any new result',
    async (description) => {
      world.writeMovies(3);
      const service = await world.serve(executor);
      await service.commands.start(KEY, VALUES);
      await untilDone(service, 3);
      const checkBefore = await gainCheck(service);
      await service.close();
      if (description === 'without its ledger') rmSync(world.stateDir, { recursive: true });
      const restarted = await world.serve(executor);
      const checkAfter = await gainCheck(restarted);
      expect(checkAfter).toMatchObject({
        verdict: 'contradicts',
        movies: checkBefore.movies,
        scores: checkBefore.scores,
      });
      expect((await restarted.queries.find(KEY))?.warnings.join()).toContain('gain orientation is wrong');
    },
  );

  test('is pending if the gain was flipped just before the service ended: earlier checks do not apply', async () => {
    world.writeMovies(1);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilDone(service, 1);
    await service.close();
    const path = join(world.paths.workflow, 'session.json');
    const start = JSON.parse(readFileSync(path, 'utf8'));
    start.recipe.gain.flip = 1;
    start.wanted = 'stopped';
    writeFileSync(path, JSON.stringify(start));
    expect((await gainCheck(await world.serve(executor))).verdict).toBe('pending');
  });

  test('reports that there is no gain reference', async () => {
    world.writeMovies(1);
    const service = await world.serve(executor);
    executor.results = () => ({});
    await service.commands.start(KEY, { ...VALUES, rawgainref: 'none' });
    await untilDone(service, 1);
    expect(await gainCheck(service)).toMatchObject({ verdict: 'no_gain', gain: null });
  });
});
