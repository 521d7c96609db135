import { createRandom, type Random } from '../base/random.ts';

export interface SpecimenSettings {
  /** Size of the periodic field, pixels. */
  readonly nx: number;
  readonly ny: number;
  readonly pixelSizeA: number;
  /** 0: no particles; 1: one particle per square with sides of about 1.25 diameters. */
  readonly particleDensity: number;
  readonly seed: number;
}

export interface Specimen {
  /**
   * ny*nx, row-major, projected potential in arbitrary units; white noise of unit power per A^2 plus
   * particles.
   */
  readonly potential: Float32Array;
  readonly particles: number;
}

/** Size of the invented particle: two rings of seven subunits, like a chaperonin. */
const PARTICLE_DIAMETER_A = 140;
const RING_RADIUS_A = 45;
const RING_HEIGHT_A = 36;
const POINTS_PER_SUBUNIT = 10;
const SUBUNIT_SPREAD_A = 11;
const POINT_SIGMA_A = 4;
/**
 * Height of a point relative to the noise; chosen by eye so that particles are visible at a defocus of 1.5 um
 * and 20 e/A^2.
 */
const POINT_HEIGHT = 0.28;

/** Every movie shows the same molecule. */
const PARTICLE_SEED = 7;

type Point = readonly [number, number, number];

/**
 * Amorphous film (white up to the Nyquist frequency, which is nearly true of thin carbon) with particles in
 * random orientations.
 */
export function createSpecimen(settings: SpecimenSettings): Specimen {
  const { nx, ny, pixelSizeA } = settings;
  const random = createRandom(settings.seed, 1);
  const potential = new Float32Array(nx * ny);
  const sigma = 1 / pixelSizeA;
  for (let i = 0; i < potential.length; i++) potential[i] = sigma * random.gaussian();

  const model = createParticle(createRandom(PARTICLE_SEED));
  const spacing = (1.25 * PARTICLE_DIAMETER_A) / pixelSizeA;
  const columns = Math.floor(nx / spacing);
  const rows = Math.floor(ny / spacing);
  let particles = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (random.uniform() >= settings.particleDensity) continue;
      const x = ((column + 0.5) * nx) / columns + random.between(-0.2, 0.2) * spacing;
      const y = ((row + 0.5) * ny) / rows + random.between(-0.2, 0.2) * spacing;
      const rotation = randomRotation(random);
      for (const point of model) {
        const pointX = x + dot(rotation[0], point) / pixelSizeA;
        const pointY = y + dot(rotation[1], point) / pixelSizeA;
        addGaussian(potential, nx, ny, pointX, pointY, Math.max(0.7, POINT_SIGMA_A / pixelSizeA));
      }
      particles++;
    }
  }
  return { potential, particles };
}

function createParticle(random: Random): Point[] {
  const points: Point[] = [];
  for (let subunit = 0; subunit < 14; subunit++) {
    const angle = (2 * Math.PI * (subunit % 7)) / 7;
    const height = subunit < 7 ? RING_HEIGHT_A : -RING_HEIGHT_A;
    for (let n = 0; n < POINTS_PER_SUBUNIT; n++) {
      points.push([
        RING_RADIUS_A * Math.cos(angle) + SUBUNIT_SPREAD_A * random.gaussian(),
        RING_RADIUS_A * Math.sin(angle) + SUBUNIT_SPREAD_A * random.gaussian(),
        height + SUBUNIT_SPREAD_A * random.gaussian(),
      ]);
    }
  }
  return points;
}

/** First two rows of a uniformly random rotation, from a random unit quaternion. */
function randomRotation(random: Random): readonly [Point, Point] {
  const q = [random.gaussian(), random.gaussian(), random.gaussian(), random.gaussian()];
  const norm = Math.hypot(...q);
  const [w = 0, x = 0, y = 0, z = 0] = q.map((value) => value / norm);
  return [
    [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
  ];
}

function dot(a: Point, b: Point): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Adds a Gaussian with the height POINT_HEIGHT, truncated at three sigma, to the periodic field. */
function addGaussian(
  field: Float32Array,
  nx: number,
  ny: number,
  centreX: number,
  centreY: number,
  sigmaPx: number,
): void {
  const radius = Math.ceil(3 * sigmaPx);
  const firstX = Math.round(centreX) - radius;
  const firstY = Math.round(centreY) - radius;
  const profileX = new Float64Array(2 * radius + 1);
  for (let i = 0; i < profileX.length; i++) {
    profileX[i] = Math.exp(-((firstX + i - centreX) ** 2) / (2 * sigmaPx * sigmaPx));
  }
  for (let j = 0; j < profileX.length; j++) {
    const height = POINT_HEIGHT * Math.exp(-((firstY + j - centreY) ** 2) / (2 * sigmaPx * sigmaPx));
    const row = modulo(firstY + j, ny) * nx;
    for (const [i, weight] of profileX.entries()) {
      const at = row + modulo(firstX + i, nx);
      field[at] = (field[at] ?? 0) + height * weight;
    }
  }
}

function modulo(value: number, length: number): number {
  return ((value % length) + length) % length;
}
