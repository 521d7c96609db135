import { expect, test } from 'vitest';
import { formatSession } from '../../src/cli/client/output.ts';
import type { SessionSummary } from '../../src/contract/api.ts';
import { SKIP_REASONS } from '../../src/contract/skipped.ts';

const SESSION: SessionSummary = {
  project: 'p',
  user: 'u',
  session: 's',
  state: 'processing',
  reason: null,
  counts: { arriving: 0, waiting: 0, queued: 0, done: 4, failed: 0, total: 4 },
  cycle: null,
  ratePerHour: null,
  arrivalsPerHour: null,
  secondsLeft: null,
  behindSince: null,
  lastMovieAt: null,
  lastResultAt: null,
  warnings: [],
  lastThumbnail: null,
};

test('cryoem status counts the files that are skipped, for every reason, with an example', () => {
  const skipped = SKIP_REASONS.map((reason, i) => ({ reason, count: i + 1, example: `${reason}.tif` }));
  const lines = formatSession({ ...SESSION, skipped }).split('\n');
  for (const { reason, count, example } of skipped)
    expect(
      lines.find((line) => line.startsWith(`skipped  ${count}: `)),
      reason,
    ).toContain(`such as ${example}`);
  expect(formatSession(SESSION)).not.toContain('skipped');
});
