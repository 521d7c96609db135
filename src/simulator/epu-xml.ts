import { createRandom } from '../base/random.ts';
import type { MovieTruth } from './truth.ts';

const ARRAYS = 'http://schemas.microsoft.com/2003/10/Serialization/Arrays';
const SCHEMA = 'http://www.w3.org/2001/XMLSchema';
const DRAWING = 'http://schemas.datacontract.org/2004/07/System.Drawing';
const UNITS = 'http://schemas.datacontract.org/2004/07/Fei.Common.Types';
const FEI_TYPES = 'http://schemas.datacontract.org/2004/07/Fei.Types';

/** Exposure time of a frame, seconds; does not affect the counts. */
const FRAME_SECONDS = 0.1;
const DETECTOR = 'BM-Simulated';

type Scalar = 'double' | 'string' | 'boolean' | 'int' | 'long';

function keyValueXml(key: string, type: Scalar, value: string | number | boolean): string {
  return (
    `<a:KeyValueOfstringanyType><a:Key>${key}</a:Key>` +
    `<a:Value xmlns:b="${SCHEMA}" i:type="b:${type}">${value}</a:Value></a:KeyValueOfstringanyType>`
  );
}

function metresXml(value: number): string {
  return (
    `<numericValue>${scientific(value)}</numericValue><unit xmlns:a="${UNITS}">` +
    '<a:_x003C_PrefixExponent_x003E_k__BackingField>1</a:_x003C_PrefixExponent_x003E_k__BackingField>' +
    '<a:_x003C_Symbol_x003E_k__BackingField>m</a:_x003C_Symbol_x003E_k__BackingField></unit>'
  );
}

/** Formats a number as .NET formats a double: `4.15E-11`. */
function scientific(value: number): string {
  if (value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e15)) return String(value);
  const [mantissa, exponent = ''] = value.toExponential().split('e');
  const digits = exponent.slice(1).padStart(2, '0');
  return `${mantissa}E${exponent[0]}${digits}`;
}

function pointXml(name: string, x: number, y: number): string {
  return `<${name} xmlns:a="${FEI_TYPES}"><a:_x>${scientific(x)}</a:_x><a:_y>${scientific(y)}</a:_y></${name}>`;
}

/**
 * The XML that EPU writes next to a movie: pixel size in metres, dose in electrons per square metre, voltage
 * in volts, defocus in metres and negative for underfocus, stage position in metres, stage tilt in radians,
 * beam shift in EPU's own unit.
 */
export function epuImageXml(truth: MovieTruth, seed: number): string {
  const random = createRandom(seed, 11, truth.number);
  const seconds = Math.round(1e6 * truth.frames * FRAME_SECONDS) / 1e6;
  const pixelM = truth.pixelSizeA * 1e-10;
  const meanDefocusA = (truth.defocusUA + truth.defocusVA) / 2;
  const defocusM = -(truth.targetDefocusUm === undefined
    ? meanDefocusA * 1e-10
    : truth.targetDefocusUm * 1e-6);
  const [stageX, stageY, stageZ] = truth.stageUm ?? [0, 0, 0];
  const electronsPerPixel = truth.electronsPerPixelFrame * truth.frames;
  const detectorKey = (name: string) => `Detectors[${DETECTOR}].${name}`;
  const customData = [
    keyValueXml('DoseOnCamera', 'double', electronsPerPixel),
    keyValueXml('Aperture[C2].Name', 'string', '50'),
    keyValueXml('Aperture[OBJ].Name', 'string', '100'),
    keyValueXml(detectorKey('CommercialName'), 'string', 'Simulated'),
    keyValueXml(detectorKey('ExposureTime'), 'double', seconds),
    keyValueXml(detectorKey('ElectronCounted'), 'boolean', true),
    keyValueXml(detectorKey('TotalDose'), 'double', electronsPerPixel),
    keyValueXml(detectorKey('DoseRate'), 'double', electronsPerPixel / seconds),
    keyValueXml('Dose', 'double', scientific(truth.totalDoseEA2 * 1e20)),
    keyValueXml('PhasePlateUsed', 'boolean', truth.phaseShiftDeg !== 0),
    keyValueXml('BinaryResult.Detector', 'string', DETECTOR),
    keyValueXml('DetectorCommercialName', 'string', 'Simulated'),
    keyValueXml('AppliedDefocus', 'double', scientific(defocusM)),
  ].join('');
  const camera = [
    '<camera>',
    `<Binning xmlns:a="${DRAWING}"><a:x>1</a:x><a:y>1</a:y></Binning>`,
    `<CameraSpecificInput xmlns:a="${ARRAYS}">`,
    keyValueXml('SuperResolutionFactor', 'int', 1),
    keyValueXml('ElectronCountingEnabled', 'boolean', true),
    '</CameraSpecificInput>',
    `<DarkGainCorrection>None</DarkGainCorrection><ExposureTime>${seconds}</ExposureTime><Name>${DETECTOR}</Name>`,
    `<ReadoutArea xmlns:a="${DRAWING}"><a:height>${truth.height}</a:height><a:width>${truth.width}</a:width>`,
    '<a:x>0</a:x><a:y>0</a:y></ReadoutArea></camera>',
  ].join('');
  const optics = [
    '<optics>',
    pointXml('BeamShift', ...(truth.beamShift ?? ([0, 0] as const))),
    pointXml('BeamTilt', random.between(-0.03, 0.03), random.between(-0.03, 0.03)),
    '<ColumnOperatingTemSubMode>BrightField</ColumnOperatingTemSubMode>',
    `<Defocus>${scientific(defocusM)}</Defocus><EFTEMOn>true</EFTEMOn>`,
    '<IlluminationMode>Parallel</IlluminationMode><ProbeMode>NanoProbe</ProbeMode><SpotIndex>5</SpotIndex>',
    `<TemMagnification><NominalMagnification>${nominalMagnification(truth.pixelSizeA)}</NominalMagnification></TemMagnification>`,
    '</optics>',
  ].join('');
  const stage =
    '<stage><Holder>Unspecified</Holder><Position><A>0</A><B>0</B>' +
    `<X>${scientific(stageX * 1e-6)}</X><Y>${scientific(stageY * 1e-6)}</Y>` +
    `<Z>${scientific(stageZ * 1e-6)}</Z></Position></stage>`;
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<MicroscopeImage xmlns="http://schemas.datacontract.org/2004/07/Fei.SharedObjects" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">',
    `<name>${truth.base}</name><CustomData xmlns:a="${ARRAYS}">${customData}</CustomData>`,
    `<SpatialScale><offset><x>${metresXml(0)}</x><y>${metresXml(0)}</y></offset>`,
    `<pixelSize><x>${metresXml(pixelM)}</x><y>${metresXml(pixelM)}</y></pixelSize></SpatialScale>`,
    `<microscopeData><acquisition><acquisitionDateTime>${truth.acquiredAt}</acquisitionDateTime>${camera}</acquisition>`,
    '<core><ApplicationSoftware>EPU</ApplicationSoftware><ApplicationSoftwareVersion>simulated</ApplicationSoftwareVersion></core>',
    `<gun><AccelerationVoltage>${truth.voltageKv * 1000}</AccelerationVoltage><Sourcetype>FieldEmission</Sourcetype></gun>`,
    '<instrument><InstrumentID>0</InstrumentID><InstrumentModel>SIMULATOR</InstrumentModel></instrument>',
    `${optics}${stage}</microscopeData></MicroscopeImage>`,
    '',
  ].join('\n');
}

/** For camera pixels of 14 um (Falcon), rounded to thousands. It only makes the file look realistic. */
function nominalMagnification(pixelSizeA: number): number {
  return Math.round(140_000 / pixelSizeA / 1000) * 1000;
}

/** `EpuSession.dm`, with only the name and the start time of the session. */
export function epuSessionXml(name: string, startedAt: Date): string {
  const escaped = name.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<EpuSessionXml xmlns="http://schemas.datacontract.org/2004/07/Applications.Epu.Persistence">',
    `<Name>${escaped}</Name><StartDateTime>${startedAt.toISOString()}</StartDateTime>`,
    '</EpuSessionXml>',
    '',
  ].join('\n');
}
