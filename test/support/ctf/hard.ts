import { randomSource } from '../random.ts';
import { type MicrographTruth, makeMicrograph } from './micrograph.ts';

/** Features of a micrograph that make it difficult to fit the CTF. */
export const HARD_KINDS = [
  'half empty',
  'dark corner',
  'crack',
  'carbon edge',
  'two lattices',
  'spots of crystalline ice',
  'spherical shells',
  'ten gold beads',
] as const;
export type HardKind = (typeof HARD_KINDS)[number];

/** A micrograph with one of these features. @returns size*size, row-major */
export function hardMicrograph(kind: HardKind, truth: MicrographTruth): Float32Array {
  const image = makeMicrograph(truth);
  const { size, pixelSizeA, seed } = truth;
  const random = randomSource(seed * 17 + 3);
  const mean = truth.doseEA2 * pixelSizeA ** 2;
  const change = changeFor(kind, truth, random, mean);
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++, i++) image[i] = change(x, y, image[i]!);
  }
  return image;
}

type Change = (x: number, y: number, value: number) => number;

function changeFor(
  kind: HardKind,
  { size, pixelSizeA }: MicrographTruth,
  random: ReturnType<typeof randomSource>,
  mean: number,
): Change {
  const emptyPixel = () => mean * 1.4 + Math.sqrt(mean * 1.4) * random.gaussian();
  switch (kind) {
    case 'half empty':
      return (x, _y, v) => (x < size / 2 ? emptyPixel() : v);
    case 'dark corner':
      return (x, y, v) => (Math.hypot(x, y) < 0.5 * size ? 0.1 * v : v);
    case 'crack':
      return (x, y, v) =>
        Math.abs(x - y - 0.1 * size * Math.sin((9 * y) / size)) < 0.05 * size ? 2 * emptyPixel() : v;
    case 'carbon edge':
      return (x, y, v) => (Math.hypot(x, y) < 0.8 * size ? 0.6 * v : v);
    case 'two lattices':
      return (x, y, v) =>
        v + 0.15 * mean * (wave(x, y, pixelSizeA, 21, 20) + wave(x, y, pixelSizeA, 9.3, 65));
    case 'spots of crystalline ice': {
      const discs = Array.from(
        { length: 12 },
        () => [random.between(0, size), random.between(0, size)] as const,
      );
      return (x, y, v) => {
        const disc = discs.findIndex(([a, b]) => Math.hypot(x - a, y - b) < 0.04 * size);
        return disc < 0 ? v : 0.5 * v + 0.3 * mean * wave(x, y, pixelSizeA, 3.67, 37 * disc);
      };
    }
    case 'spherical shells': {
      // Projections of thin shells 280 A across, whose power spectrum has rings of its own, 1/280 A apart.
      const radius = 140 / pixelSizeA;
      const shells = Array.from({ length: Math.round((0.4 * size * size) / (Math.PI * radius ** 2)) }, () => [
        random.between(0, size),
        random.between(0, size),
      ]);
      return (x, y, v) => {
        let depth = 0;
        for (const [a, b] of shells) {
          const r = Math.hypot(x - a!, y - b!) / radius;
          if (r < 1) depth += Math.sqrt(1 - r * r) - (r < 0.86 ? Math.sqrt(0.7396 - r * r) : 0);
        }
        return v - 0.12 * mean * depth;
      };
    }
    case 'ten gold beads': {
      const beads = Array.from(
        { length: 10 },
        () => [random.between(0, size), random.between(0, size)] as const,
      );
      return (x, y, v) => (beads.some(([a, b]) => Math.hypot(x - a, y - b) < 50 / pixelSizeA) ? 0.3 * v : v);
    }
  }
}

/** A plane wave of a period in Angstrom along a direction in degrees. */
function wave(x: number, y: number, pixelSizeA: number, periodA: number, degrees: number): number {
  const radians = (degrees * Math.PI) / 180;
  return Math.cos((2 * Math.PI * pixelSizeA * (x * Math.cos(radians) + y * Math.sin(radians))) / periodA);
}
