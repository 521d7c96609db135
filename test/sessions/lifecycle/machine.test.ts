import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SESSION_STATES, type SessionState } from '../../../src/contract/states.ts';
import { nextState, type SessionSignal, TRANSITIONS } from '../../../src/sessions/lifecycle/machine.ts';

const EXPECTED_TRANSITIONS: [SessionState, SessionSignal, SessionState][] = [
  ['unknown', 'found_empty', 'incomplete_or_empty'],
  ['unknown', 'work_waits', 'needs_processing'],
  ['unknown', 'started', 'processing_start'],
  ['incomplete_or_empty', 'work_waits', 'needs_processing'],
  ['incomplete_or_empty', 'started', 'processing_start'],
  ['needs_processing', 'found_empty', 'incomplete_or_empty'],
  ['needs_processing', 'started', 'processing_start'],
  ['processing_start', 'started', 'processing_start'],
  ['processing_start', 'submitted', 'processing'],
  ['processing_start', 'all_settled', 'processing_complete'],
  ['processing_start', 'failed', 'processing_failure'],
  ['processing_start', 'stopped', 'needs_processing'],
  ['processing_start', 'start_lost', 'needs_processing'],
  ['processing', 'started', 'processing_start'],
  ['processing', 'all_settled', 'processing_complete'],
  ['processing', 'failed', 'processing_failure'],
  ['processing', 'stopped', 'needs_processing'],
  ['processing', 'start_lost', 'needs_processing'],
  ['processing_complete', 'started', 'processing_start'],
  ['processing_complete', 'continued', 'processing'],
  ['processing_complete', 'retried', 'processing'],
  ['processing_complete', 'failed', 'processing_failure'],
  ['processing_complete', 'work_waits', 'needs_processing'],
  ['processing_failure', 'started', 'processing_start'],
  ['processing_failure', 'recovered', 'processing'],
  ['processing_failure', 'stopped', 'needs_processing'],
  ['processing_failure', 'start_lost', 'needs_processing'],
];
const SIGNALS: SessionSignal[] = [...new Set(EXPECTED_TRANSITIONS.map(([, signal]) => signal))];

describe('states of a session', () => {
  test.each(EXPECTED_TRANSITIONS)('%s --%s--> %s', (from, signal, to) => {
    expect(nextState(from, signal)).toBe(to);
  });

  test('there is no other transition, and any other signal changes nothing', () => {
    const inTable = Object.values(TRANSITIONS).flatMap((transitions) => Object.keys(transitions));
    expect(inTable).toHaveLength(EXPECTED_TRANSITIONS.length);
    for (const state of SESSION_STATES)
      for (const signal of SIGNALS)
        if (!EXPECTED_TRANSITIONS.some(([from, possible]) => from === state && possible === signal))
          expect(nextState(state, signal)).toBe(state);
  });

  test('a start is possible in every state', () => {
    for (const state of SESSION_STATES) expect(nextState(state, 'started')).toBe('processing_start');
  });

  test('the comment above the table lists every state', () => {
    const source = readFileSync(
      new URL('../../../src/sessions/lifecycle/machine.ts', import.meta.url),
      'utf8',
    );
    const comment = source.slice(source.indexOf('/**'), source.indexOf('*/'));
    for (const state of SESSION_STATES) expect(comment).toContain(state);
  });
});
