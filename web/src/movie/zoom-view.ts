/** What is in sight of an image: its middle and its width, as parts of the image's width; y downwards. */
export interface ZoomView {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** A thousandth of a screen of 4,000 pixels is less than anybody sees. */
const DIGITS = 4;

/** As it stands in the address: `0.5312_0.2204_0.125`. */
export const zoomViewText = ({ x, y, width }: ZoomView): string =>
  [x, y, width].map((part) => String(Number(part.toFixed(DIGITS)))).join('_');

/** Null for what is no such text: an address may come from anywhere. */
export function parseZoomView(words: string | undefined): ZoomView | null {
  const parts = words?.split('_').map((part) => (part === '' ? Number.NaN : Number(part))) ?? [];
  const [x, y, width] = parts as [number, number, number];
  return parts.length === 3 && parts.every(Number.isFinite) && width > 0 ? { x, y, width } : null;
}
