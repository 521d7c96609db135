import type { MetricKey } from './metrics.ts';

export const metricWords: Record<MetricKey, { label: string; short: string; unit: string; help: string }> = {
  defocusU: { label: 'Defocus U', short: 'U', unit: 'µm', help: 'Larger defocus; positive is underfocus.' },
  defocusV: { label: 'Defocus V', short: 'V', unit: 'µm', help: 'Smaller defocus; positive is underfocus.' },
  defocus: { label: 'Defocus', short: 'mean', unit: 'µm', help: 'Mean of U and V; positive is underfocus.' },
  astigmatism: { label: 'Astigmatism', short: 'U − V', unit: 'Å', help: 'Difference of defocus U and V.' },
  fitResolution: {
    label: 'Fit resolution',
    short: 'fit',
    unit: 'Å',
    help: 'How far out the rings follow the model; smaller is better.',
  },
  confidence: {
    label: 'Confidence',
    short: 'confidence',
    unit: '',
    help: '0 no rings seen, 1 rings beyond doubt.',
  },
  iceRing: { label: 'Ice ring', short: 'ice', unit: '', help: 'Excess power at 0.25 to 0.28 1/Å.' },
  motionTotal: {
    label: 'Motion total',
    short: 'total',
    unit: 'Å',
    help: 'Length of the drift path over all frames.',
  },
  motionEarly: { label: 'Motion early', short: 'early', unit: 'Å', help: 'Path before 4 e/Å².' },
  motionLate: { label: 'Motion late', short: 'late', unit: 'Å', help: 'Path after 4 e/Å².' },
  meanIntensity: {
    label: 'Mean intensity',
    short: 'mean',
    unit: 'e/px/frame',
    help: 'Mean counts per pixel and frame after gain.',
  },
  seconds: { label: 'Time per movie', short: 'time', unit: 's', help: 'Processing time of the movie.' },
};
