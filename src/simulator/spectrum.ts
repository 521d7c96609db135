import { createLineFft } from './line-fft.ts';

/**
 * Spectrum of a real, periodic field of ny rows and nx columns. Only kx = 0..nx/2 is stored; the rest follows
 * from the complex conjugates. The value of (kx, ky) is at `kx * ny + ky`, ky = 0..ny-1 (above ny/2:
 * negative). The Nyquist lines are zero, because a shift by a fraction of a pixel is not defined for them.
 */
export interface Spectrum {
  readonly nx: number;
  readonly ny: number;
  readonly re: Float32Array;
  readonly im: Float32Array;
}

/** Window within a field, in pixels of the field. */
export interface Window {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Signed frequency of an index, in cycles per field. */
export function signedFrequency(index: number, length: number): number {
  return index > length / 2 ? index - length : index;
}

/**
 * Transforms two rows at a time, as the real and the imaginary part of one complex line.
 * @param field - ny*nx, row-major
 */
export function forwardSpectrum(field: Float32Array, nx: number, ny: number): Spectrum {
  const half = nx / 2;
  const re = new Float32Array((half + 1) * ny);
  const im = new Float32Array((half + 1) * ny);
  const rows = createLineFft(nx);
  const a = new Float64Array(nx);
  const b = new Float64Array(nx);
  for (let y = 0; y < ny; y += 2) {
    a.set(field.subarray(y * nx, (y + 1) * nx));
    b.set(field.subarray((y + 1) * nx, (y + 2) * nx));
    rows.transform(a, b);
    for (let k = 0; k < half; k++) {
      const mirror = k === 0 ? 0 : nx - k;
      const ar = a[k] ?? 0;
      const br = b[k] ?? 0;
      const mirrorA = a[mirror] ?? 0;
      const mirrorB = b[mirror] ?? 0;
      const at = k * ny + y;
      re[at] = (ar + mirrorA) / 2;
      im[at] = (br - mirrorB) / 2;
      re[at + 1] = (br + mirrorB) / 2;
      im[at + 1] = (mirrorA - ar) / 2;
    }
  }
  const columns = createLineFft(ny);
  const c = new Float64Array(ny);
  const s = new Float64Array(ny);
  for (let k = 0; k < half; k++) {
    c.set(re.subarray(k * ny, (k + 1) * ny));
    s.set(im.subarray(k * ny, (k + 1) * ny));
    columns.transform(c, s);
    c[ny / 2] = 0;
    s[ny / 2] = 0;
    re.set(c, k * ny);
    im.set(s, k * ny);
  }
  return { nx, ny, re, im };
}

export interface Shifter {
  /**
   * The field, moved by `shift` and attenuated, within the window.
   * @param shift - motion of the content, [x, y] in pixels: each frequency is multiplied by exp(-2 pi i (kx
   * dx/nx + ky dy/ny))
   * @param attenuation - factor as a function of the spatial frequency, in cycles per pixel
   * @param out - window.height*window.width, row-major
   */
  render(
    shift: readonly [number, number],
    attenuation: (perPixel: number) => number,
    out: Float32Array,
  ): void;
}

/**
 * Steps of the attenuation table over squared frequency, up to the corner of the spectrum (0.5 squared cycles
 * per squared pixel).
 */
const ATTENUATION_STEPS = 8192;

/** Keeps the buffers of the inverse transform, so that rendering a frame allocates no memory. */
export function createShifter(spectrum: Spectrum, window: Window): Shifter {
  // After the column pass only the window's rows are needed, plus one row where the height is odd.
  const rows = window.height + (window.height % 2);
  const pitch = spectrum.nx / 2 + 1;
  const half = { rows, pitch, re: new Float32Array(rows * pitch), im: new Float32Array(rows * pitch) };
  const attenuationTable = new Float64Array(ATTENUATION_STEPS + 1);
  const transformColumns = createColumnPass(spectrum, window, half, attenuationTable);
  const transformRows = createRowPass(spectrum, window, half);
  return {
    render(shift, attenuation, out) {
      for (let step = 0; step <= ATTENUATION_STEPS; step++) {
        attenuationTable[step] = attenuation(Math.sqrt((step + 0.5) / (2 * ATTENUATION_STEPS)));
      }
      transformColumns(shift[0], shift[1]);
      transformRows(out);
    },
  };
}

/**
 * Rows of the window after the inverse transform along columns, before that along rows. The value of (kx,
 * row) is at `row * pitch + kx`.
 */
interface HalfTransform {
  readonly rows: number;
  readonly pitch: number;
  readonly re: Float32Array;
  readonly im: Float32Array;
}

/** Shifts and attenuates the spectrum and transforms its columns. */
function createColumnPass(
  spectrum: Spectrum,
  window: Window,
  target: HalfTransform,
  attenuationTable: Float64Array,
): (shiftX: number, shiftY: number) => void {
  const { nx, ny } = spectrum;
  const scale = 1 / (nx * ny);
  const columns = createLineFft(ny);
  const c = new Float64Array(ny);
  const s = new Float64Array(ny);
  const phaseRe = new Float64Array(ny);
  const phaseIm = new Float64Array(ny);
  const squareY = Float64Array.from({ length: ny }, (_, ky) => (signedFrequency(ky, ny) / ny) ** 2);

  /**
   * Writes one column to `c` and `s`, attenuated and multiplied by the phase factors of the shifts along x
   * and y.
   */
  const shiftColumn = (kx: number, shiftX: number): void => {
    const angle = (-2 * Math.PI * kx * shiftX) / nx;
    const cosX = Math.cos(angle);
    const sinX = Math.sin(angle);
    const squareX = (kx / nx) ** 2;
    const start = kx * ny;
    for (let ky = 0; ky < ny; ky++) {
      const attenuation =
        attenuationTable[Math.trunc((squareX + (squareY[ky] ?? 0)) * (2 * ATTENUATION_STEPS))] ?? 0;
      const cosY = phaseRe[ky] ?? 0;
      const sinY = phaseIm[ky] ?? 0;
      const wr = (cosX * cosY - sinX * sinY) * attenuation;
      const wi = (cosX * sinY + sinX * cosY) * attenuation;
      const vr = spectrum.re[start + ky] ?? 0;
      const vi = spectrum.im[start + ky] ?? 0;
      c[ky] = vr * wr - vi * wi;
      s[ky] = vr * wi + vi * wr;
    }
  };

  return (shiftX, shiftY) => {
    for (let ky = 0; ky < ny; ky++) {
      const angle = (-2 * Math.PI * signedFrequency(ky, ny) * shiftY) / ny;
      phaseRe[ky] = Math.cos(angle) * scale;
      phaseIm[ky] = Math.sin(angle) * scale;
    }
    for (let kx = 0; kx < nx / 2; kx++) {
      shiftColumn(kx, shiftX);
      columns.transform(s, c);
      for (let row = 0, at = kx; row < target.rows; row++, at += target.pitch) {
        const y = (window.y + row) % ny;
        target.re[at] = c[y] ?? 0;
        target.im[at] = s[y] ?? 0;
      }
    }
  };
}

/** Transforms the rows, two at a time, and copies the window's columns. */
function createRowPass(
  { nx }: Spectrum,
  window: Window,
  { rows, pitch, re, im }: HalfTransform,
): (out: Float32Array) => void {
  const half = nx / 2;
  const line = createLineFft(nx);
  const a = new Float64Array(nx);
  const b = new Float64Array(nx);

  /** Combines two rows, which begin at `first` and `second`, into one complex line in `a` and `b`. */
  const combineRows = (first: number, second: number): void => {
    a[0] = re[first] ?? 0;
    b[0] = re[second] ?? 0;
    a[half] = 0;
    b[half] = 0;
    for (let k = 1; k < half; k++) {
      const ar = re[first + k] ?? 0;
      const ai = im[first + k] ?? 0;
      const br = re[second + k] ?? 0;
      const bi = im[second + k] ?? 0;
      a[k] = ar - bi;
      b[k] = ai + br;
      a[nx - k] = ar + bi;
      b[nx - k] = br - ai;
    }
  };

  return (out) => {
    for (let row = 0; row < rows; row += 2) {
      combineRows(row * pitch, (row + 1) * pitch);
      line.transform(b, a);
      const hasSecondRow = row + 1 < window.height;
      for (let x = 0; x < window.width; x++) {
        const at = (window.x + x) % nx;
        out[row * window.width + x] = a[at] ?? 0;
        if (hasSecondRow) out[(row + 1) * window.width + x] = b[at] ?? 0;
      }
    }
  };
}
