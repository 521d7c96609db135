import { expect, it } from 'vitest';
import { entryOf, submissionOf } from '../../../src/executors/jobs/folder.ts';

const SUBMISSION = { token: 'batch-0001', batchPath: '/s/workflow/b.json', logPath: '/s/workflow/b.log' };

it('the heartbeat timeout of a submission is written to a plan as silenceLimitMs, and read back from it', () => {
  const entry = entryOf({ ...SUBMISSION, heartbeatTimeoutMs: 90_000 });
  expect(entry).toEqual({ ...SUBMISSION, silenceLimitMs: 90_000 });
  expect(submissionOf(entry)).toEqual({ ...SUBMISSION, heartbeatTimeoutMs: 90_000 });
});

it('a submission without a heartbeat timeout stays without one', () => {
  expect(submissionOf(entryOf(SUBMISSION))).toEqual(SUBMISSION);
});
