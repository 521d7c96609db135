import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import { inspectMovie } from '../../../src/formats/open.ts';
import { kindOf } from '../../../src/sessions/discovery/patterns.ts';
import { resolveReferences } from '../../../src/sessions/discovery/references.ts';
import { simulateSession } from '../../../src/simulator/session.ts';
import { alignRequest } from '../motion/align-request.ts';

const dir = mkdtempSync(join(tmpdir(), 'formats-of-sessions-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('a simulated session whose movie and gain reference are found by name', () => {
  it.each(['tiff', 'mrc', 'eer'] as const)(
    'in %s has counts that agree with the gain orientation',
    async (format) => {
      const sessionDir = join(dir, format);
      const truth = await simulateSession({
        sessionDir,
        movies: 1,
        format,
        seed: 8,
        width: 192,
        height: 160,
        frames: 12,
        eerFramesPerFraction: 15,
        dosePerFrameEA2: 2,
        localRangePixels: [0, 0],
      });
      const moviePath = join(sessionDir, truth.movies[0]!.path);
      expect(kindOf(basename(moviePath), {})).not.toBeNull();
      expect(inspectMovie(moviePath)).toMatchObject({ complete: true, structure: { format } });
      const { gainPath } = await resolveReferences(join(sessionDir, 'raw'), null, null);
      const outcome = await alignMovie(
        alignRequest(moviePath, {
          totalDoseEA2: 24,
          gain: { path: gainPath!, rotate: 0, flip: 0 },
          eer: { framesPerFraction: null, dosePerFractionEA2: 2, upsampling: 1 },
        }),
      );
      expect(outcome.frames).toBe(12);
      expect(outcome.gainCheck).toMatchObject({ verdict: 'agrees', best: { rotate: 0, flip: 0 } });
      expect(outcome.readerWarnings).toEqual([]);
      expect(outcome.findings.map(({ kind }) => kind)).toEqual(['gain-checked']);
    },
  );
});
