import type { ExecutorReport, SessionSummary } from '../../contract/api.ts';
import type { SkipReason } from '../../contract/skipped.ts';
import { printableLine, printableValue } from '../printable.ts';

/** Formats rows as columns of equal width. */
function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const HEAD = ['SESSION', 'STATE', 'DONE', 'FAILED', 'MOVIES', 'PER HOUR'];

export function formatSessions(sessions: readonly SessionSummary[]): string {
  if (sessions.length === 0) return 'No sessions yet.';
  const rows = sessions.map((s) => [
    `${s.project}/${s.user}/${s.session}`,
    s.state,
    String(s.counts.done),
    String(s.counts.failed),
    String(s.counts.total),
    s.ratePerHour === null ? '' : String(Math.round(s.ratePerHour)),
  ]);
  return formatTable(HEAD, rows);
}

const SKIP_WORDS: Readonly<Record<SkipReason, string>> = {
  reference: 'gain references, sums or overviews according to their names, or files in use as a reference',
  packed: 'compressed (decompress them)',
  other_name: 'the name does not match basename_prefix and basename_suffix',
  other_extension: 'the extension does not match basename_extension',
  other_kind: 'movies with another name pattern or format are processed instead',
  format: 'a format that is not read as a movie',
  hidden: 'the name begins with a dot',
  link: 'symbolic links that are not followed (see follow_links_to in the config file)',
  name: 'the name is not UTF-8 or has control characters (rename them)',
  not_a_file: 'not a regular file',
};

export function formatSession(s: SessionSummary): string {
  const { counts } = s;
  const waiting = counts.arriving + counts.waiting + counts.queued;
  const lines = [
    `${s.project}/${s.user}/${s.session}`,
    `state    ${s.state}${s.reason ? `: ${s.reason}` : ''}`,
    `movies   ${counts.total}: ${counts.done} done, ${counts.failed} failed, ${waiting} to do`,
  ];
  for (const { reason, count, example } of s.skipped ?? [])
    lines.push(`skipped  ${count}: ${SKIP_WORDS[reason]}; for example ${example}`);
  if (s.cycle) lines.push(`cycle    ${s.cycle.number}: ${s.cycle.finished} of ${s.cycle.total} finished`);
  if (s.ratePerHour !== null) lines.push(`rate     ${Math.round(s.ratePerHour)} movies per hour`);
  if (s.secondsLeft !== null && s.secondsLeft > 0)
    lines.push(`left     about ${Math.ceil(s.secondsLeft / 60)} min`);
  const lagMs = s.behindSince === null ? 0 : Date.now() - Date.parse(s.behindSince);
  if (lagMs > 0)
    lines.push(
      `lag      ${Math.ceil(lagMs / 60_000)} min: age of the oldest complete movie that is not done`,
    );
  for (const warning of s.warnings) lines.push(`warning  ${warning}`);
  return lines.join('\n');
}

export function formatExecutors(executors: readonly ExecutorReport[]): string {
  const head = ['EXECUTOR', 'HEALTH', 'SLOTS', 'RUNNING', 'QUEUED', 'VERSION'];
  const rows = executors.map(({ name, health, slots, running, queued, version }) => [
    name,
    health.state,
    String(slots),
    String(running),
    String(queued),
    version ?? '',
  ]);
  const unhealthy = executors.filter(({ health }) => health.detail !== null);
  const since = ({ health }: ExecutorReport) => (health.since === null ? '' : ` (since ${health.since})`);
  const notes = [
    ...unhealthy.map((executor) => `${executor.name}: ${executor.health.detail}${since(executor)}`),
    ...executors.flatMap(({ name, problems = [] }) => problems.map((problem) => `${name}: ${problem}`)),
  ];
  return [formatTable(head, rows), ...notes].join('\n');
}

/** Prints a value as JSON or as text, without control characters. */
export function print<Value>(
  value: Value,
  asJson: boolean | undefined,
  format: (value: Value) => string,
): void {
  const text = asJson ? printableLine(JSON.stringify(value)) : format(printableValue(value));
  process.stdout.write(`${text}\n`);
}
