import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAutodoc } from '../../src/formats/autodoc.ts';
import { readSerialEmMdoc } from '../../src/formats/serialem-mdoc.ts';

/** Invented values in the structure of SerialEM's metadata file of a movie. */
const MDOC = `T = SerialEM: Our Krios                         01-Feb-26  10:00:00    \r
Voltage = 300\r
\r
[FrameSet = 0]\r
GainReference = CountRef_a.dm4\r
DefectFile = X:\\frames\\defects_a.txt\r
TiltAngle = 0.25\r
StagePosition = -12.5 340.25\r
StageZ = 7.5\r
Magnification = 105000\r
ExposureDose = 50.4\r
PixelSpacing = 0.415\r
Defocus = -1.1\r
ImageShift = 1.5 -2.25\r
ExposureTime = 2.5\r
Binning = 0.5\r
TargetDefocus = -1.2\r
SubFramePath = X:\\frames\\a_001.tif\r
NumSubFrames = 50\r
FrameDosesAndNumber = 1.008 50\r
DateTime = 01-Feb-26  10:01:02\r
NavigatorLabel = 84\r
MultishotHoleAndPosition = 3-1\r
`;

describe('SerialEM metadata', () => {
  it('is converted to the units of the service', () => {
    expect(readSerialEmMdoc(MDOC, 'a_001.tif')).toEqual({
      pixelSizeA: 0.415,
      superResolution: true,
      voltageKv: 300,
      doseEA2: 50.4,
      dosePerFrameEA2: 1.008,
      frames: 50,
      exposureSeconds: 2.5,
      stageUm: { x: -12.5, y: 340.25, z: 7.5 },
      stageAlphaDeg: 0.25,
      imageShiftUm: [1.5, -2.25],
      targetDefocusUm: 1.2,
      magnification: 105000,
      navigatorLabel: '84',
      multishot: '3-1',
      acquiredAt: '01-Feb-26  10:01:02',
      gainReference: 'CountRef_a.dm4',
      defectFile: 'defects_a.txt',
      warnings: [],
    });
  });

  it('of a renamed file is read from its only set of frames', () => {
    expect(readSerialEmMdoc(MDOC, 'renamed.tif').pixelSizeA).toBe(0.415);
  });

  it('of a series is read from the section that names the movie', () => {
    const series = `PixelSpacing = 5\n[T = SerialEM: x]\n[ZValue = 0]\nTiltAngle = 1\nSubFramePath = D:\\f\\a.mrc\n[ZValue = 1]\nTiltAngle = 4\nSubFramePath = D:\\f\\B.mrc\n`;
    const metadata = readSerialEmMdoc(series, 'b.mrc');
    expect(metadata).toMatchObject({ stageAlphaDeg: 4, pixelSizeA: 5, superResolution: null, warnings: [] });
    expect(readSerialEmMdoc(series, 'c.mrc')).toMatchObject({
      stageAlphaDeg: null,
      voltageKv: null,
      warnings: ['it has no section for c.mrc'],
    });
  });

  it('has no pixel size of the frames if the image was binned differently', () => {
    const metadata = readSerialEmMdoc(MDOC.replace('Binning = 0.5', 'Binning = 8'), 'a_001.tif');
    expect(metadata).toMatchObject({ pixelSizeA: null, superResolution: null });
    expect(metadata.warnings.join()).toContain('binned by 8');
  });

  it('has the sum of doses that change from frame to frame, and treats a dose of zero as unknown', () => {
    const changingDoses = MDOC.replace('1.008 50', '2 10 1 40').replace('50.4', '0');
    expect(readSerialEmMdoc(changingDoses, 'a_001.tif')).toMatchObject({
      doseEA2: 60,
      dosePerFrameEA2: null,
    });
    const unknownDose = MDOC.replace('1.008 50', '0 50').replace('50.4', '0');
    expect(readSerialEmMdoc(unknownDose, 'a_001.tif')).toMatchObject({
      doseEA2: null,
      dosePerFrameEA2: null,
    });
  });

  it('has a warning for each value that is not a number, and ignores the value', () => {
    const metadata = readSerialEmMdoc(
      MDOC.replace('-12.5 340.25', '-12.5').replace('Voltage = 300', 'Voltage = high'),
      'a_001.tif',
    );
    expect(metadata).toMatchObject({ stageUm: null, voltageKv: null });
    expect(metadata.warnings).toHaveLength(2);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.nat(MDOC.length), fc.nat(MDOC.length), fc.string(), (from, to, text) => {
        readSerialEmMdoc(MDOC.slice(0, from) + text + MDOC.slice(to), 'a_001.tif');
      }),
    );
    expect(readSerialEmMdoc('x'.repeat(17_000_000), 'a').warnings).toHaveLength(1);
  });
});

describe('autodoc text', () => {
  it('has global values, then sections in order; the first of equal keys is used', () => {
    const [global, first, second] = parseAutodoc('a = 1\n# b = 2\n[Z = x]\nc= 3 = 4\nc = 5\njunk\n[Z = y]\n');
    expect([...global!.values]).toEqual([['a', '1']]);
    expect([first!.type, first!.name, [...first!.values]]).toEqual(['Z', 'x', [['c', '3 = 4']]]);
    expect(second!.name).toBe('y');
  });

  it.each(['a\0b.dm4', '\u001b[2J.dm4', `${'x'.repeat(300)}.dm4`])(
    'has no gain reference for %j, which cannot be a file name',
    (name) => {
      expect(readSerialEmMdoc(MDOC.replace('CountRef_a.dm4', name), 'a_001.tif').gainReference).toBeNull();
    },
  );

  it('of any size is read in little time and memory; text that is too long for a record is omitted', () => {
    const long = 'x'.repeat(1_000_000);
    const mdoc = `${MDOC}Long = ${long}\n[Set = ${long}]\n`;
    expect(
      readSerialEmMdoc(mdoc.replace('NavigatorLabel = 84', `NavigatorLabel = ${long}`), 'a_001.tif'),
    ).toMatchObject({ navigatorLabel: null, multishot: '3-1' });
    const [section, ...others] = parseAutodoc(Array.from({ length: 5000 }, (_, i) => `k${i} = 1`).join('\n'));
    expect(others).toEqual([]);
    expect(section?.values.size).toBe(1000);
    expect(parseAutodoc('[a = b]\r\n'.repeat(600_000))).toHaveLength(500_001);
  });
});
