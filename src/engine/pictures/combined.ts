import { createCanvas, drawGray, drawText, encodeJpeg, textWidth } from './canvas.ts';
import { type Diagnostic, drawDiagnostic } from './ctf-picture.ts';
import { GLYPH_HEIGHT } from './font.ts';
import { type PictureSource, shrink, toGray } from './gray.ts';

/** Values of the line of text; null is drawn as a dash. */
export interface CombinedInfo {
  readonly fitResolutionA: number | null;
  readonly astigmatismA: number | null;
  readonly meanShiftA: number | null;
}

const GAP = 4;
const TEXT_SCALE = 3;
const LINE_HEIGHT = GLYPH_HEIGHT * TEXT_SCALE + 12;

/**
 * The predecessor's combined picture: micrograph and spectrum, and below them `R: 3.4 Å  A: 210 Å  S: 0.8 Å`:
 * fit resolution, astigmatism and mean shift from frame to frame.
 * @returns a JPEG file's bytes
 */
export async function renderCombined(
  micrograph: PictureSource,
  diagnostic: Diagnostic,
  info: CombinedInfo,
): Promise<Buffer> {
  const gray = toGray(shrink(micrograph, diagnostic.size));
  const width = gray.width + GAP + diagnostic.size;
  const height = diagnostic.size + LINE_HEIGHT;
  const canvas = createCanvas(width, height);
  drawGray(canvas, gray, 0, Math.floor((diagnostic.size - gray.height) / 2));
  drawDiagnostic(canvas, diagnostic, info, gray.width + GAP);
  const text = combinedText(info);
  const scale = textWidth(text, TEXT_SCALE) <= width ? TEXT_SCALE : 1;
  const x = Math.floor((width - textWidth(text, scale)) / 2);
  drawText(canvas, text, { x, y: diagnostic.size + 4, scale }, [255, 255, 255]);
  return encodeJpeg(canvas);
}

/** The line of text below the pictures. */
export function combinedText({ fitResolutionA, astigmatismA, meanShiftA }: CombinedInfo): string {
  const angstrom = (value: number | null, digits: number) =>
    value === null ? '-' : `${value.toFixed(digits)} Å`;
  return `R: ${angstrom(fitResolutionA, 1)}  A: ${angstrom(astigmatismA, 0)}  S: ${angstrom(meanShiftA, 1)}`;
}
