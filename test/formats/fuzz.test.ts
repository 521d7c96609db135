import { describe, expect, it } from 'vitest';
import { MAX_FRAME_BYTES } from '../support/fuzz/judge.ts';
import { fuzz } from '../support/fuzz/run.ts';
import { temporaryDirectory } from './temporary.ts';

const pathOf = temporaryDirectory();
/** The long run is `npm run bench -- fuzz`. */
const FILES = 6000;

describe('damaged files of every format', () => {
  it(`each of ${FILES} is read, or ends with an error that has a code and a position, within the memory limit`, () => {
    const initialRss = process.resourceUsage().maxRSS;
    const { endings } = fuzz({ files: FILES, seed: 0, scratch: pathOf('damaged') });
    // The mutations reach the common error codes; rarer ones need more files than a short run has.
    const endingNames = new Set([...endings.values()].flatMap((tally) => [...tally.keys()]));
    for (const ending of ['read', 'MOVIE_TRUNCATED', 'MOVIE_CORRUPT', 'StarError', 'PROGRAM_FAILED'])
      expect(endingNames, `no file ended as ${ending}`).toContain(ending);
    // maxRSS is in kilobytes. The largest frame counts twice: as stored and decoded.
    expect((process.resourceUsage().maxRSS - initialRss) * 1024).toBeLessThan(
      2 * MAX_FRAME_BYTES + 256 * 2 ** 20,
    );
  }, 600_000);
});
