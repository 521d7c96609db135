import { describe, expect, it } from 'vitest';
import type { MovieMetadata } from '../../../src/contract/metadata.ts';
import type { ParameterValues } from '../../../src/contract/parameters.ts';
import { contradictionsOf } from '../../../src/sessions/start/contradictions.ts';

type Facts = Parameters<typeof contradictionsOf>[1];

const METADATA: MovieMetadata = {
  program: 'EPU',
  file: 'a.xml',
  pixelSizeA: 0.8,
  superResolution: false,
  voltageKv: 300,
  doseEA2: 40,
  dosePerFrameEA2: null,
  frames: null,
  exposureSeconds: 2,
  stageUm: null,
  stageAlphaDeg: 0,
  beamShift: null,
  beamShiftUnit: 'program',
  gridSquare: null,
  hole: null,
  holePosition: null,
  targetDefocusUm: 1.5,
  magnification: 105000,
  detector: 'K3',
  acquiredAt: null,
  gainReference: null,
  defectFile: null,
  warnings: [],
};
const FACTS: Facts = {
  found: 5,
  extensions: ['tiff'],
  gainSize: null,
  sample: { path: 'a.tiff', format: 'tiff', width: 5760, height: 4092, frames: 40, pixelSizeA: 0.8 },
  metadata: METADATA,
  references: { gainPath: null, defectMapPath: null, notes: [] },
};
const CONSISTENT: Partial<ParameterValues> = { apix: 0.81, kev: 300, fmdose: 1 };
const contradictions = (values: Partial<ParameterValues>, facts: Partial<Facts> = {}) =>
  contradictionsOf({ ...CONSISTENT, ...values }, { ...FACTS, ...facts }).map(
    ({ severity, fields, message }) => `${severity} ${fields.join('+')}: ${message}`,
  );

describe('contradictions of a start', () => {
  it('are absent if everything agrees within the accuracy of calibrations', () => {
    expect(contradictions({})).toEqual([]);
    expect(contradictionsOf({}, FACTS)).toEqual([]);
  });

  it('report the pixel size of the metadata, and the factor of two of super-resolution', () => {
    expect(contradictions({ apix: 1.6 })).toEqual([
      "warning apix: EPU's a.xml gives 0.8 Å. The value given is twice that: a super-resolution movie requires the super-resolution pixel size.",
    ]);
    expect(contradictions({ apix: 1.1 }, { metadata: null })).toEqual([
      'warning apix: The header of a.tiff gives 0.8 Å.',
    ]);
  });

  it('report the voltage and the mode of the camera', () => {
    expect(contradictions({ kev: 200, superresolution: true })).toEqual([
      "warning kev: EPU's a.xml gives 300 kV.",
      "warning superresolution: According to EPU's a.xml, the camera was not in super-resolution mode.",
    ]);
  });

  it('compare the doses with each other, the frames, and the metadata', () => {
    expect(contradictions({ dose: 60 })).toEqual([
      'error fmdose+dose: Dose per frame and total dose contradict each other. 1 e/Å² per frame times 40 frames is 40.00 e/Å², but the total was given as 60 e/Å².',
    ]);
    expect(contradictions({ fmdose: 2 })).toEqual([
      "warning fmdose: 2 e/Å² in each of 40 frames is 80 e/Å² in total, but EPU's a.xml gives 40 e/Å² in total.",
    ]);
    expect(contradictions({ fmdose: 40 })).toEqual([
      'warning fmdose: 40 e/Å² in each of 40 frames is 1600 e/Å² in total: implausibly high.',
    ]);
  });

  it('compare the size of the gain with the movie, and report if a rotation would help', () => {
    const references = { gainPath: '/raw/g.tiff', defectMapPath: null, notes: [] };
    expect(contradictions({}, { references, gainSize: { width: 4092, height: 5760 } })).toEqual([
      'error rotgain+rawgainref: The gain reference has 4092 × 5760 pixels, the movie 5760 × 4092. The sizes match if the gain reference is rotated by 90°.',
    ]);
    expect(contradictions({ rotgain: 3 }, { references, gainSize: { width: 4092, height: 5760 } })).toEqual(
      [],
    );
    expect(contradictions({}, { references, gainSize: { width: 11520, height: 8184 } })).toEqual([]);
    expect(contradictions({}, { references, gainSize: { width: 4096, height: 4096 } })).toEqual([
      'error rawgainref+rotgain: The gain reference has 4096 × 4096 pixels, the movie 5760 × 4092.',
    ]);
  });

  it('report a gain reference that cannot be read', () => {
    const references = { gainPath: '/raw/g.tiff', defectMapPath: null, notes: [] };
    expect(contradictions({}, { references, gainError: 'It has no bytes.' })).toEqual([
      'error rawgainref: The gain reference cannot be used: It has no bytes.',
    ]);
  });

  it('warn before the start if the gain reference is half the size of the movie', () => {
    const references = { gainPath: '/raw/g.tiff', defectMapPath: null, notes: [] };
    expect(contradictions({}, { references, gainSize: { width: 2880, height: 2046 } })).toEqual([
      expect.stringMatching(/^warning rawgainref: The gain reference is half the size of the movie/),
    ]);
    const facts = { ...FACTS, references, gainSize: { width: 2880, height: 2046 } };
    const [refused] = contradictionsOf(CONSISTENT, facts, { refusesHalfSizeGain: true });
    expect(refused?.severity).toBe('error');
  });

  it('report that no movie has the given extension or name', () => {
    const noMovies = { found: 0, sample: null, metadata: null };
    expect(contradictions({ basename_extension: 'mrc' }, noMovies)).toEqual([
      'error basename_extension: No file has the extension mrc. raw contains tiff files.',
    ]);
    expect(contradictions({ basename_prefix: 'Pos' }, noMovies)).toEqual([
      'error basename_prefix: No movie has a name such as Pos*.*.',
    ]);
  });

  it('report that no frame would be left, and that the target defocus is outside the search range', () => {
    expect(contradictions({ throw: 30, trunc: 10 })).toEqual([
      'error throw+trunc: The movie has 40 frames, and all of them would be skipped.',
    ]);
    expect(contradictions({ defocus_min: 20_000 })).toEqual([
      "warning defocus_min: EPU's a.xml gives a target defocus of 15000 Å, which is outside the search range.",
    ]);
  });
});
