import { z } from 'zod';
import { CodedError } from '../../contract/errors.ts';

/** Output of pegasus-plan and pegasus-run for a workflow that was planned or submitted. */
export interface PlannedWorkflow {
  readonly submitDirectory: string;
  readonly workflowUuid: string;
  readonly plannerVersion: string;
}

const braindumpSchema = z.object({
  submit_dir: z.string().min(1),
  wf_uuid: z.string().min(1),
  planner_version: z.string(),
});

/**
 * Parses the standard output of `pegasus-plan --json [--submit]` and of `pegasus-run --json`: a single JSON
 * object on success; otherwise nothing, or a line that is not JSON.
 * @throws CodedError PEGASUS_FAILED
 */
export function parsePlanned(stdout: string): PlannedWorkflow {
  let value: unknown;
  try {
    // For a halted workflow, pegasus-run prints other lines first.
    const lines = stdout.split('\n');
    const first = lines.findIndex((line) => line.trimStart().startsWith('{'));
    value = JSON.parse(lines.slice(Math.max(0, first)).join('\n'));
  } catch {
    throw outputError(stdout);
  }
  const parsed = braindumpSchema.safeParse(value);
  if (!parsed.success) throw outputError(stdout, parsed.error.issues[0]?.path.join('.'));
  const { submit_dir: submitDirectory, wf_uuid: workflowUuid, planner_version: plannerVersion } = parsed.data;
  return { submitDirectory, workflowUuid, plannerVersion };
}

function outputError(stdout: string, field?: string): CodedError {
  const found = stdout.trim().slice(0, 300);
  return new CodedError('PEGASUS_FAILED', 'The output of the planner cannot be parsed.', {
    ...(field === undefined ? {} : { field }),
    expected: 'the description of the workflow as JSON',
    found: found === '' ? 'nothing' : found,
  });
}

/** `date UTC: [FATAL ERROR]`, then ` [1] class.of.exception: reason at place.in.the.source(File.java:1)` */
const NUMBERED_LINE = /^\s*\[\d+\]\s+(?:[\w.$]+: )*(.*)$/s;
const LOG_LINE = /^[\d.]+ [\d:.]+ UTC:\s+\[(?:FATAL )?ERROR\]\s+(.*\S)\s*$/;
/** Pegasus' Python programs: `date time,ms:ERROR:program(line): reason`. */
const PYTHON_LOG_LINE = /^[\d-]+ [\d:,]+:(?:ERROR|CRITICAL|FATAL):[\w.-]+\(\d+\):\s*(\S.*)$/;
/** Maximum number of messages of a Python program in a reason. */
const MAX_PYTHON_MESSAGES = 2;

/**
 * The reason in the output of a failed Pegasus program: its own message, without class names and source
 * positions.
 */
export function failureReason(stdout: string, stderr: string): string {
  const lines = stderr.split('\n');
  const numberedMessages = lines.flatMap((line) => NUMBERED_LINE.exec(line)?.[1] ?? []);
  const loggedMessages = [
    ...lines.flatMap((line) => LOG_LINE.exec(line)?.[1] ?? []),
    ...lines.flatMap((line) => PYTHON_LOG_LINE.exec(line)?.[1] ?? []).slice(0, MAX_PYTHON_MESSAGES),
  ];
  // A Python traceback on standard error ends with the exception.
  const lastLines = [stdout, stderr].map(lastLine).filter((line) => line !== '');
  const selected =
    numberedMessages.length > 0
      ? numberedMessages.slice(0, 2)
      : loggedMessages.length > 0
        ? loggedMessages
        : lastLines.slice(-1);
  const messages = selected.map((line) => line.replace(/ at [\w.$]+\([\w.]+:\d+\)\s*$/, '').trim());
  // The sentence around the reason has its own full stop.
  return messages.join('; ').slice(0, 500).replace(/\.+$/, '') || 'no reason was printed';
}

/** The last line that is not a title between stars or dashes; '' if there is none. */
function lastLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.findLast((line) => line !== '' && !/^[*=-]{3}/.test(line)) ?? '';
}
