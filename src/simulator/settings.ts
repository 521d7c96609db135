/** Settings of a simulated movie. Defaults: `DEFAULT_MOVIE`. */
export interface MovieSettings {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly pixelSizeA: number;
  readonly voltageKv: number;
  readonly csMm: number;
  /** Fraction. */
  readonly amplitudeContrast: number;
  readonly phaseShiftDeg: number;
  /** e/A^2; times the square of the pixel size, this is the mean count per pixel per frame. */
  readonly dosePerFrameEA2: number;
  /** Range of the mean defocus, um, positive = underfocus. A random value is chosen for each movie. */
  readonly defocusRangeUm: readonly [number, number];
  /** Range of U - V, Angstrom. */
  readonly astigmatismRangeA: readonly [number, number];
  /** Range of the drift from the first to the last frame, pixels. */
  readonly driftRangePixels: readonly [number, number];
  /**
   * Range of the maximum local motion from the first frame to the last, pixels; 0: the frame moves as a
   * whole.
   */
  readonly localRangePixels: readonly [number, number];
  /** Standard deviation of the random walk, per frame along each axis, pixels. */
  readonly jitterPixels: number;
  /** Root mean square of the contrast before radiation damage, as a fraction of the mean. */
  readonly contrast: number;
  /** B-factor of the envelope exp(-B k^2 / 4), A^2. */
  readonly envelopeBA2: number;
  /** Power of the ice ring at 3.7 A relative to the amorphous film. */
  readonly iceRing: number;
  /** Amplitude of the slow variation of brightness, as a fraction of the mean. */
  readonly iceGradient: number;
  /** 0..1; 0: no particles, 1: one particle per square with sides of about 1.25 diameters. */
  readonly particleDensity: number;
  readonly format: 'tiff' | 'mrc' | 'eer';
  /**
   * Camera frames of an EER file per frame of the movie; `frames` and `dosePerFrameEA2` refer to the frames
   * of the movie.
   */
  readonly eerFramesPerFraction: number;
  /**
   * Pixel type of an MRC movie: 0 signed byte (counts up to 127), 1 signed 16-bit. TIFF movies are 8-bit,
   * LZW.
   */
  readonly mrcMode: 0 | 1;
}

/** Small frames, so that a laptop simulates a movie in one or two seconds. */
export const DEFAULT_MOVIE: MovieSettings = {
  width: 1024,
  height: 1024,
  frames: 12,
  pixelSizeA: 1,
  voltageKv: 300,
  csMm: 2.7,
  amplitudeContrast: 0.1,
  phaseShiftDeg: 0,
  dosePerFrameEA2: 1.5,
  defocusRangeUm: [0.8, 2.5],
  astigmatismRangeA: [100, 600],
  driftRangePixels: [2, 8],
  localRangePixels: [1, 3],
  jitterPixels: 0.12,
  contrast: 0.18,
  envelopeBA2: 50,
  iceRing: 0.3,
  iceGradient: 0.03,
  particleDensity: 0.8,
  format: 'tiff',
  eerFramesPerFraction: 20,
  mrcMode: 0,
};
