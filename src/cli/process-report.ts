import type { Batch, BatchMovie } from '../contract/batch.ts';
import type { ResultRecord } from '../contract/record.ts';
import type { MovieResult } from '../pipeline/process-movie.ts';
import type { BatchHooks, BatchSummary } from '../pipeline/run-batch.ts';
import { printableLine } from './printable.ts';

/** `text` for users, `json`: one record per line, `log`: one event per line for the worker's log. */
export type ReportMode = 'text' | 'json' | 'log';

export interface Reporter extends Required<Pick<BatchHooks, 'onProgress' | 'onMovie'>> {
  end(summary: BatchSummary): void;
}

const CLEAR_LINE = '\r\x1b[K';

/**
 * Results go to standard output; the progress line goes to standard error, and only if that is a terminal.
 */
export function createReporter(batch: Batch, mode: ReportMode): Reporter {
  const showsProgress = process.stderr.isTTY === true && mode !== 'log';
  const printLine = (text: string) => process.stdout.write(`${text}\n`);
  const showProgress = (text: string) => showsProgress && process.stderr.write(`${CLEAR_LINE}${text}`);
  let finishedCount = 0;
  return {
    onProgress(movie: BatchMovie, fraction: number) {
      const percent = Math.round(fraction * 100);
      showProgress(`${finishedCount + 1}/${batch.movies.length} ${movie.base} ${percent} %`);
    },
    onMovie(result: MovieResult) {
      if (result.status === 'cancelled') return;
      finishedCount++;
      showProgress('');
      if (mode === 'json') printLine(JSON.stringify(result.record));
      else if (mode === 'log') printLine(JSON.stringify(logEntry(result.status, result.record)));
      else printLine(printableLine(textLine(result.status, result.record)));
    },
    end(summary: BatchSummary) {
      showProgress('');
      if (mode === 'log')
        printLine(JSON.stringify({ event: 'end', time: new Date().toISOString(), ...summary }));
    },
  };
}

function logEntry(status: string, record: ResultRecord) {
  const { movie, outcome, finishedAt, warnings } = record;
  const failure = outcome.status === 'failed' ? { code: outcome.code, message: outcome.message } : {};
  return { event: 'movie', time: finishedAt, base: movie.base, status, ...failure, warnings };
}

function textLine(status: string, record: ResultRecord): string {
  const { movie, outcome, motion, ctf, startedAt, finishedAt } = record;
  if (outcome.status === 'failed') return `${movie.base}: failed, ${outcome.code}: ${outcome.message}`;
  const seconds = ((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
  const parts = [status === 'skipped' ? 'already done' : `done in ${seconds} s`];
  if (motion)
    parts.push(motion.totalA === null ? 'motion not measured' : `motion ${motion.totalA.toFixed(1)} Å`);
  if (ctf) {
    const [u, v] = [ctf.defocusUA, ctf.defocusVA].map((value) => (value / 1e4).toFixed(3));
    parts.push(`defocus ${u} / ${v} um`, `fit resolution ${ctf.fitResolutionA.toFixed(2)} Å`);
  }
  return `${movie.base}: ${parts.join(', ')}`;
}
