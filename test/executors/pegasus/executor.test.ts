import { afterEach, beforeEach, describe } from 'vitest';
import { createPegasusExecutor } from '../../../src/executors/pegasus/executor.ts';
import { describeExecutor } from '../conformance.ts';
import { settingsFor } from './fixture.ts';
import { installStandIn, type StandIn } from './stand-in.ts';

let standIn: StandIn;
beforeEach(() => {
  standIn = installStandIn();
});
afterEach(() => standIn.remove());

describe('Pegasus, replayed by a stand-in', () => {
  describeExecutor('pegasus', {
    outlivesService: true,
    create: async ({ slots, command }) => {
      const { site } = settingsFor(standIn);
      return createPegasusExecutor(
        settingsFor(standIn, { site: { ...site, maxJobs: slots }, command: command ?? null }),
      );
    },
  });
});
