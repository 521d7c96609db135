import { randomSource } from '../random.ts';
import { fieldOfPower } from './micrograph.ts';

export const RINGLESS_KINDS = [
  'white noise',
  'smooth noise',
  'almost blank',
  'crack',
  'gold',
  'carbon edge',
  'ice only',
  'gradient',
] as const;
export type RinglessKind = (typeof RINGLESS_KINDS)[number];

/** Realistic images without Thon rings: counting noise and other features, but no CTF to fit. */
export function ringlessImage(
  kind: RinglessKind,
  size: number,
  pixelSizeA: number,
  seed: number,
): Float32Array {
  const random = randomSource(seed * 31 + 5);
  const noise = (kx: number, ky: number) =>
    0.025 * (1 - 0.5 * Math.min(1, (kx * kx + ky * ky) * pixelSizeA ** 2 * 4)) ** 2;
  const power: Record<RinglessKind, (k: number) => number> = {
    'white noise': () => 0,
    'smooth noise': (k) => 0.5 / (1 + (k * correlationA) ** 2),
    'almost blank': () => 0,
    crack: () => 0,
    gold: (k) => 0.3 * Math.exp(-(((k - 1 / 2.35) / 0.004) ** 2)) + 0.2 / (1 + (k * 40) ** 2),
    'carbon edge': () => 0,
    'ice only': (k) =>
      0.15 * Math.exp(-(((k - 0.3) / 0.06) ** 2)) + 0.3 * Math.exp(-(((k - 1 / 3.67) / 0.003) ** 2)),
    gradient: (k) => 0.1 * Math.exp(-((k * 25) ** 2)),
  };
  const correlationA = random.between(5, 40);
  const [counts, angle] = [kind === 'almost blank' ? 0.5 : 40 * pixelSizeA ** 2, random.between(0, Math.PI)];
  const density = power[kind];
  const image = fieldOfPower(size, pixelSizeA, seed, (kx, ky) => noise(kx, ky) + density(Math.hypot(kx, ky)));
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const width = random.between(0.02, 0.2) * size;
  for (let i = 0; i < image.length; i++) {
    const [x, y] = [(i % size) - size / 2, Math.floor(i / size) - size / 2];
    if (kind === 'almost blank')
      image[i] = Math.max(0, Math.round(counts + Math.sqrt(counts) * 6 * image[i]!));
    else {
      const fraction = transmission(kind, x * c + y * s, y * c - x * s, size, width);
      image[i] = counts * fraction * (1 + image[i]! / Math.sqrt(fraction));
    }
  }
  return image;
}

/** Transmission at a position, given across and along the feature, pixels from the centre of the image. */
function transmission(
  kind: RinglessKind,
  across: number,
  along: number,
  size: number,
  width: number,
): number {
  switch (kind) {
    case 'crack': {
      const isInCrack = Math.abs(across + 0.05 * size * Math.sin((7 * along) / size)) < width / 2;
      return isInCrack ? 2.5 : 1;
    }
    case 'carbon edge':
      return across > 0.1 * size ? 0.6 : 1;
    case 'gold':
      return Math.hypot(across, along) > 0.45 * size ? 0.2 : 1;
    case 'gradient':
      return 1 + (1.5 * across) / size;
    default:
      return 1;
  }
}
