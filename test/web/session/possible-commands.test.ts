import { expect, it } from 'vitest';
import { SESSION_STATES } from '../../../src/contract/states.ts';
import { possibleCommands } from '../../../web/src/session/possible-commands.ts';

it('a session can be stopped only while processing is starting or in progress, not when it is complete', () => {
  const stoppable = SESSION_STATES.filter((state) => possibleCommands(state, true).canStop);
  expect(stoppable).toEqual(['processing_start', 'processing']);
});

it('a session can never be both stopped and resumed, and never be resumed before its first start', () => {
  for (const state of SESSION_STATES) {
    const { canStop, canResume } = possibleCommands(state, true);
    expect(canStop && canResume).toBe(false);
    expect(possibleCommands(state, false).canResume).toBe(false);
  }
});
