import type { CtfOutcome } from '../ports.ts';
import {
  type Canvas,
  type Colour,
  createCanvas,
  drawCircle,
  drawGray,
  drawText,
  encodeJpeg,
  fillBox,
  textWidth,
} from './canvas.ts';
import { GLYPH_HEIGHT } from './font.ts';
import { type Gray, toGray, toGrayBetween } from './gray.ts';

export type Diagnostic = CtfOutcome['diagnostic'];

export interface CtfPictureInfo {
  /** Resolution at which a ring is drawn; null: no ring. */
  readonly fitResolutionA: number | null;
}

const RING_COLOUR: Colour = [255, 140, 0];
const TEXT_SCALE = 2;

/**
 * Picture of a fit: the spectrum on the left, the model on the right, and a dashed ring at the fit resolution
 * with its value.
 * @returns a JPEG file's bytes, size x size of the diagnostic
 */
export async function renderCtfPicture(diagnostic: Diagnostic, info: CtfPictureInfo): Promise<Buffer> {
  const canvas = createCanvas(diagnostic.size, diagnostic.size);
  drawDiagnostic(canvas, diagnostic, info, 0);
  return encodeJpeg(canvas);
}

/** Draws the fit into a canvas with its left edge at `left`. */
export function drawDiagnostic(
  canvas: Canvas,
  diagnostic: Diagnostic,
  { fitResolutionA }: CtfPictureInfo,
  left: number,
): void {
  const { size, edgeFrequencyPerA } = diagnostic;
  const centre = size / 2;
  drawGray(canvas, diagnosticGray(diagnostic), left, 0);
  const radius = fitResolutionA === null ? 0 : centre / (fitResolutionA * edgeFrequencyPerA);
  if (fitResolutionA === null || radius >= Math.SQRT2 * centre) return;
  drawCircle(canvas, { x: left + centre, y: centre, radius, clip: centre }, RING_COLOUR);
  const label = `${fitResolutionA.toFixed(1)} Å`;
  const [width, height] = [textWidth(label, TEXT_SCALE), GLYPH_HEIGHT * TEXT_SCALE];
  const x = left + Math.round(Math.min(centre + radius * Math.SQRT1_2 + 4, size - width - 8));
  const y = Math.round(Math.min(centre + radius * Math.SQRT1_2 + 4, size - height - 8));
  fillBox(canvas, { x: x - 4, y: y - 2, width: width + 8, height: height + 6 }, [0, 0, 0]);
  drawText(canvas, label, { x, y, scale: TEXT_SCALE }, RING_COLOUR);
}

/**
 * Values of the data shown as black and white: zeros are at 0 and maxima at about 1, with noise on both
 * sides.
 */
const DATA_BLACK = -0.4;
const DATA_WHITE = 1.3;

/**
 * Both halves in grey: the data with a margin for noise, the model between its zeros and maxima. The picture
 * of another program is scaled by its own percentiles (`toGray`).
 */
function diagnosticGray({ size, data, isForeign }: Diagnostic): Gray {
  const half = size / 2;
  const source = { width: size, height: size, data };
  if (isForeign) return toGray(source);
  const left = toGrayBetween(source, DATA_BLACK, DATA_WHITE).bytes;
  const right = toGrayBetween(source, 0, 1).bytes;
  return { width: size, height: size, bytes: left.map((v, i) => (i % size < half ? v : (right[i] ?? 0))) };
}
