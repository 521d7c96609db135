/**
 * The visible part of an image: its centre and its width, as fractions of the width of the image; y points
 * downwards.
 */
export interface ZoomView {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** A resolution of 1/10,000 of the width: less than a pixel of a screen. */
const DIGITS = 4;

/** Text of a view in the URL: `0.5312_0.2204_0.125`. */
export const zoomViewText = ({ x, y, width }: ZoomView): string =>
  [x, y, width].map((part) => String(Number(part.toFixed(DIGITS)))).join('_');

/** Null if the text is not a view: users may edit the URL. */
export function parseZoomView(text: string | undefined): ZoomView | null {
  const parts = text?.split('_').map((part) => (part === '' ? Number.NaN : Number(part))) ?? [];
  const [x = Number.NaN, y = Number.NaN, width = Number.NaN] = parts;
  return parts.length === 3 && parts.every(Number.isFinite) && width > 0 ? { x, y, width } : null;
}
