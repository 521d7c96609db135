import sharp from 'sharp';
import { GLYPH_HEIGHT, GLYPH_WIDTH, glyphRows } from './font.ts';

export type Colour = readonly [red: number, green: number, blue: number];

/** An RGB picture in memory, 8 bits per channel, row-major. Drawing outside of it is clipped. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

const JPEG_QUALITY = 85;

export function createCanvas(width: number, height: number): Canvas {
  return { width, height, rgb: new Uint8Array(width * height * 3) };
}

function setPixel(canvas: Canvas, x: number, y: number, colour: Colour): void {
  if (x < 0 || y < 0 || x >= canvas.width || y >= canvas.height) return;
  canvas.rgb.set(colour, (y * canvas.width + x) * 3);
}

/**
 * Draws grey values (height*width bytes) with the first row at the bottom, as in viewers of MRC files, and
 * the upper left corner at `left`, `top`.
 */
export function drawGray(
  canvas: Canvas,
  gray: { readonly width: number; readonly height: number; readonly bytes: Uint8Array },
  left: number,
  top: number,
): void {
  for (let y = 0; y < gray.height; y++) {
    for (let x = 0; x < gray.width; x++) {
      const v = gray.bytes[y * gray.width + x] ?? 0;
      setPixel(canvas, left + x, top + gray.height - 1 - y, [v, v, v]);
    }
  }
}

export function fillBox(
  canvas: Canvas,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  colour: Colour,
): void {
  for (let y = box.y; y < box.y + box.height; y++) {
    for (let x = box.x; x < box.x + box.width; x++) setPixel(canvas, x, y, colour);
  }
}

/**
 * Draws a dashed circle, one pixel wide. `clip`: half the side of the square around its centre outside which
 * nothing is drawn.
 */
export function drawCircle(
  canvas: Canvas,
  circle: { readonly x: number; readonly y: number; readonly radius: number; readonly clip: number },
  colour: Colour,
): void {
  const steps = Math.ceil(8 * Math.PI * Math.max(1, circle.radius));
  for (let i = 0; i < steps; i++) {
    if (Math.floor((i / steps) * 90) % 3 === 2) continue;
    const angle = (2 * Math.PI * i) / steps;
    const dx = Math.round(circle.radius * Math.cos(angle));
    const dy = Math.round(circle.radius * Math.sin(angle));
    if (Math.abs(dx) >= circle.clip || Math.abs(dy) >= circle.clip) continue;
    setPixel(canvas, circle.x + dx, circle.y + dy, colour);
  }
}

export function textWidth(text: string, scale: number): number {
  return Math.max(0, [...text].length * (GLYPH_WIDTH + 1) - 1) * scale;
}

/** Draws one line of text with its upper left corner at x, y; a glyph pixel is a square of `scale` pixels. */
export function drawText(
  canvas: Canvas,
  text: string,
  position: { readonly x: number; readonly y: number; readonly scale: number },
  colour: Colour,
): void {
  [...text].forEach((character, n) => {
    const rows = glyphRows(character);
    const left = position.x + n * (GLYPH_WIDTH + 1) * position.scale;
    for (let y = 0; y < GLYPH_HEIGHT * position.scale; y++) {
      const row = rows[Math.floor(y / position.scale)] ?? 0;
      for (let x = 0; x < GLYPH_WIDTH * position.scale; x++) {
        const bit = GLYPH_WIDTH - 1 - Math.floor(x / position.scale);
        if ((row >> bit) & 1) setPixel(canvas, left + x, position.y + y, colour);
      }
    }
  });
}

/** The picture as the bytes of a JPEG file. */
export function encodeJpeg(canvas: Canvas): Promise<Buffer> {
  const { width, height, rgb } = canvas;
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: JPEG_QUALITY })
    .toBuffer();
}
