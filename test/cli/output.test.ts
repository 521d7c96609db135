import { expect, test, vi } from 'vitest';
import { formatSession, print } from '../../src/cli/client/output.ts';
import { printableText } from '../../src/cli/printable.ts';
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
    ).toContain(`; for example ${example}`);
  expect(formatSession(SESSION)).not.toContain('skipped');
});

test.each([false, true])('no text of a session controls the terminal (as JSON: %s)', (asJson) => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const warnings = ['a\u001b[2Jb', 'c\u009b31md', 'e\u202ef', 'g\nstate    processing_complete'];
  print({ ...SESSION, warnings, reason: '\u001b]0;title\u0007' }, asJson, formatSession);
  const text = String(write.mock.calls[0]?.[0]);
  write.mockRestore();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none is expected, except at the ends of lines
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(text.match(/^state /gm) ?? []).toHaveLength(asJson ? 0 : 1);
  if (asJson) expect(JSON.parse(text).warnings).toEqual(warnings);
});

test('messages keep their lines', () => {
  expect(printableText('a\n\tb\u001b[1mc')).toBe('a\n\tb\\u001b[1mc');
});
