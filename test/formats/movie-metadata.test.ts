import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { movieMetadataSchema } from '../../src/contract/metadata.ts';
import { readMovieMetadata } from '../../src/formats/movie-metadata.ts';
import { suggestFrom } from '../../src/sessions/discovery/suggest.ts';
import { simulateSession } from '../../src/simulator/session.ts';
import { DEFAULT_MOVIE } from '../../src/simulator/settings.ts';
import { temporaryDirectory } from './temporary.ts';

const pathOf = temporaryDirectory();
const put = (path: string, text: string) => {
  mkdirSync(dirname(pathOf(path)), { recursive: true });
  writeFileSync(pathOf(path), text);
};
const MDOC = `Voltage = 300\n[FrameSet = 0]\nPixelSpacing = 0.83\nBinning = 1\nGainReference = CountRef.mrc\nFrameDosesAndNumber = 1.2 40\nDefectFile = ..\n`;

describe('the metadata of a movie', () => {
  it('is null if there is no metadata file', () => {
    put('none/a.tif', 'x');
    expect(readMovieMetadata(pathOf('none'), 'a.tif')).toBeNull();
  });

  it.each(['b.tif.mdoc', 'b.mdoc'])(
    "is read from SerialEM's %s, and provides values for the start form",
    async (name) => {
      const raw = `serialem-${name}`;
      put(`${raw}/g/b.tif`, 'x');
      put(`${raw}/g/${name}`, MDOC);
      const metadata = movieMetadataSchema.parse(readMovieMetadata(pathOf(raw), 'g/b.tif'));
      expect(metadata).toMatchObject({
        program: 'SerialEM',
        file: `g/${name}`,
        pixelSizeA: 0.83,
        voltageKv: 300,
      });
      const source = `SerialEM's g/${name}`;
      expect(suggestFrom(pathOf(raw), 'g/b.tif').values).toEqual({
        apix: { value: 0.83, source },
        kev: { value: 300, source },
        fmdose: { value: 1.2, source },
      });
      put(`${raw}/g/CountRef.mrc`, 'a gain');
      expect(suggestFrom(pathOf(raw), 'g/b.tif').values.rawgainref).toEqual({
        value: 'g/CountRef.mrc',
        source,
      });
    },
  );

  it('is read from EPU, with grid square and hole', async () => {
    const sessionDir = pathOf('epu');
    const truth = await simulateSession({ sessionDir, movies: 1, width: 64, height: 64, frames: 2, seed: 3 });
    const [movie] = truth.movies;
    const metadata = movieMetadataSchema.parse(readMovieMetadata(sessionDir, movie!.path));
    expect(metadata).toMatchObject({
      program: 'EPU',
      voltageKv: DEFAULT_MOVIE.voltageKv,
      beamShiftUnit: 'program',
    });
    expect(metadata.gridSquare).toMatch(/^\d+$/);
    expect(movie!.path).toContain(`FoilHole_${metadata.hole}_Data_${metadata.holePosition}`);
    const [x, y, z] = movie!.stageUm!;
    expect(metadata.stageUm).toEqual({
      x: expect.closeTo(x, 6),
      y: expect.closeTo(y, 6),
      z: expect.closeTo(z, 6),
    });
    expect(metadata.beamShift).toEqual(movie!.beamShift!.map((shift) => expect.closeTo(shift, 9)));
    expect(metadata.targetDefocusUm).toBeCloseTo(movie!.targetDefocusUm!, 9);
  });
});
