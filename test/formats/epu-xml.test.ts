import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEpuXml } from '../../src/formats/epu-xml.ts';

const pair = (key: string, value: string) =>
  `<a:KeyValueOfstringanyType><a:Key>${key}</a:Key><a:Value i:type="b:double" xmlns:b="x">${value}</a:Value></a:KeyValueOfstringanyType>`;
/** Invented values in the structure of EPU's files. */
const XML = `\uFEFF<?xml version="1.0"?><MicroscopeImage xmlns="http://schemas/Fei.SharedObjects" xmlns:i="i"><name>Empty</name>
<CustomData xmlns:a="arrays">${pair('Dose', '4.0E+21')}${pair('AppliedDefocus', '-1.5E-06')}</CustomData><IntensityScale i:nil="true"/>
<SpatialScale><offset><x><numericValue>0</numericValue></x></offset>
<pixelSize><x><numericValue>8.2E-11</numericValue><unit><a:Symbol>m</a:Symbol></unit></x><y><numericValue>8.2E-11</numericValue></y></pixelSize></SpatialScale>
<microscopeData><acquisition><acquisitionDateTime>2026-01-02T03:04:05.6+01:00</acquisitionDateTime>
<camera><Binning xmlns:a="d"><a:x>1</a:x><a:y>1</a:y></Binning><CameraSpecificInput>${pair('SuperResolutionFactor', '2')}</CameraSpecificInput>
<ExposureTime>2.5</ExposureTime><Name>EF-K3 &amp; co</Name></camera><plateCamera><ExposureTime>0</ExposureTime></plateCamera></acquisition>
<gun><AccelerationVoltage>200000</AccelerationVoltage></gun>
<optics><BeamShift xmlns:a="t"><a:_x>-0.25</a:_x><a:_y>0.5</a:_y></BeamShift><TemMagnification><NominalMagnification>105000</NominalMagnification></TemMagnification></optics>
<stage><Position><A>0.1</A><B>0</B><X>1.0E-04</X><Y>-2.0E-04</Y><Z>3.0E-06</Z></Position></stage></microscopeData></MicroscopeImage>`;

describe('EPU metadata', () => {
  it('is converted to the units of the service', () => {
    const metadata = readEpuXml(XML);
    expect(metadata.pixelSizeA).toBeCloseTo(0.82, 9);
    expect(metadata.voltageKv).toBe(200);
    expect(metadata.doseEA2).toBeCloseTo(40, 9);
    expect(metadata.appliedDefocusUm).toBeCloseTo(1.5, 9);
    expect(metadata.stageUm!.x).toBeCloseTo(100, 9);
    expect(metadata.stageUm!.y).toBeCloseTo(-200, 9);
    expect(metadata.stageUm!.z).toBeCloseTo(3, 9);
    expect(metadata.stageAlphaDeg).toBeCloseTo(5.729578, 5);
    expect(metadata).toMatchObject({
      beamShift: [-0.25, 0.5],
      superResolutionFactor: 2,
      binning: 1,
      exposureSeconds: 2.5,
    });
    expect(metadata).toMatchObject({ magnification: 105000, detector: 'EF-K3 & co', warnings: [] });
    expect(metadata.acquiredAt).toBe('2026-01-02T03:04:05.6+01:00');
  });

  it('has null for a value that is missing or not a number', () => {
    const metadata = readEpuXml(
      XML.replace('200000', 'high')
        .replace(/<stage>.*<\/stage>/s, '')
        .replace('4.0E+21', '0'),
    );
    expect(metadata).toMatchObject({ voltageKv: null, stageUm: null, doseEA2: null });
    expect(metadata.warnings.join()).toContain('AccelerationVoltage');
  });

  it('does not include a pixel size that a microscope cannot have', () => {
    expect(readEpuXml(XML.replaceAll('8.2E-11', '8.2E-1')).pixelSizeA).toBeNull();
  });

  it('has only a warning if the text is not from EPU or is huge; reading any text never throws', () => {
    expect(readEpuXml('<html><body/></html>').warnings).toHaveLength(1);
    expect(readEpuXml(' '.repeat(5_000_000)).warnings).toHaveLength(1);
    fc.assert(
      fc.property(fc.nat(XML.length), fc.nat(XML.length), fc.string(), (from, to, text) => {
        readEpuXml(XML.slice(0, from) + text + XML.slice(to));
      }),
    );
  });

  it('has no values for text that defines entities, is nested too deeply or ends within an element', () => {
    const entities = XML.replace('<MicroscopeImage', '<!DOCTYPE a [<!ENTITY b "200000">]><MicroscopeImage');
    for (const [text, reason] of [
      [entities, 'document type'],
      ['<MicroscopeImage>'.repeat(100), 'nested'],
      [XML.slice(0, XML.indexOf('<stage>') + 4), 'position'],
    ] as const) {
      const metadata = readEpuXml(text);
      expect(metadata).toMatchObject({ voltageKv: null, stageUm: null });
      expect(metadata.warnings).toEqual([expect.stringContaining(reason)]);
    }
  });

  it('is read from character data, where entities other than those of XML are unchanged', () => {
    const text = XML.replace('EF-K3 &amp; co', '<![CDATA[a<b ]]>&#65;&#x42; &other;');
    expect(readEpuXml(text).detector).toBe('a<b AB &other;');
  });

  it('is parsed in time proportional to the length of hostile text', () => {
    for (const piece of ['<', '<a', '<a>', '</a>', '&', '<!--', '<a:b ', '&#1'])
      expect(readEpuXml(piece.repeat(4_000_000 / piece.length)).pixelSizeA).toBeNull();
  });

  it('omits text that is too long for a record', () => {
    const long = 'x'.repeat(500_000);
    expect(readEpuXml(XML.replace('EF-K3 &amp; co', long)).detector).toBeNull();
    expect(readEpuXml(`<a></${long}>`).warnings.join('').length).toBeLessThan(300);
  });
});
