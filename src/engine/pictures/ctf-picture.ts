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
import { type Gray, toGrayBetween } from './gray.ts';

export type Diagnostic = CtfOutcome['diagnostic'];

export interface CtfPictureInfo {
  /** Where to draw the ring; null: none. */
  readonly fitResolutionA: number | null;
}

export const RING_COLOUR: Colour = [255, 140, 0];
const TEXT_SCALE = 2;

/**
 * Picture of a fit: left the spectrum, right the model, a dashed ring at the fit resolution with its number beside it.
 * @returns a JPEG file's bytes, size x size of the diagnostic
 */
export async function renderCtfPicture(diagnostic: Diagnostic, info: CtfPictureInfo): Promise<Buffer> {
  const canvas = createCanvas(diagnostic.size, diagnostic.size);
  drawDiagnostic(canvas, diagnostic, info, 0);
  return encodeJpeg(canvas);
}

/** Draws the fit into a canvas, its left edge at `left`. */
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

/** Both halves in gray: the data between two spreads around their mean, the model between its zeros and maxima. */
function diagnosticGray({ size, data }: Diagnostic): Gray {
  const half = size / 2;
  let sum = 0;
  let squares = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < half; x++) {
      const v = data[y * size + x] ?? 0;
      sum += v;
      squares += v * v;
    }
  }
  const mean = sum / (size * half);
  const spread = 2 * Math.sqrt(Math.max(0, squares / (size * half) - mean * mean));
  const source = { width: size, height: size, data };
  const left = toGrayBetween(source, mean - spread, mean + spread).bytes;
  const right = toGrayBetween(source, 0, 1).bytes;
  return { width: size, height: size, bytes: left.map((v, i) => (i % size < half ? v : (right[i] ?? 0))) };
}
