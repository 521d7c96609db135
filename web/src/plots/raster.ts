/** Shape of a point, as pairs of offsets (x, y) in pixels. */
export type Stamp = Int16Array;

/** Margin around the image for shapes that extend beyond its edge, pixels. */
const MARGIN = 12;
/** Maximum value of a byte. */
const MAX_COUNT = 255;

/** A disc. @param radius - pixels, not more than MARGIN */
export function disc(radius: number): Stamp {
  const offsets: number[] = [];
  const reach = Math.ceil(radius);
  for (let y = -reach; y <= reach; y++)
    for (let x = -reach; x <= reach; x++) if (x * x + y * y <= radius * radius + 0.25) offsets.push(x, y);
  return Int16Array.from(offsets);
}

/** An X, for a rejected movie. */
export function cross(radius: number): Stamp {
  const reach = Math.round(radius);
  const offsets: number[] = [];
  for (let i = -reach; i <= reach; i++) offsets.push(i, i, i, -i, i + 1, i, i + 1, -i);
  return Int16Array.from(offsets);
}

/** A triangle that points up (1) or down (-1), for a value beyond the axis. */
export function triangle(radius: number, direction: 1 | -1): Stamp {
  const offsets: number[] = [];
  const height = Math.round(radius * 2);
  for (let row = 0; row <= height; row++) {
    const halfWidth = Math.round((radius * 1.2 * row) / height);
    for (let x = -halfWidth; x <= halfWidth; x++) offsets.push(x, direction * row);
  }
  return Int16Array.from(offsets);
}

/**
 * Paints points as pixels: tens of thousands take a few milliseconds; with a path per point, they would take
 * hundreds of milliseconds.
 * Where points overlap, the colour becomes denser, so that clusters are visible. Points are stamped layer by
 * layer; a layer covers those before it.
 */
export class Raster {
  readonly width: number;
  readonly height: number;
  readonly #pitch: number;
  readonly #counts: Uint8Array;
  #touchedIndices: Uint32Array = new Uint32Array(4096);
  #touchedCount = 0;
  readonly #image: ImageData;
  readonly #canvas: OffscreenCanvas;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#pitch = width + 2 * MARGIN;
    this.#counts = new Uint8Array(this.#pitch * (height + 2 * MARGIN));
    this.#image = new ImageData(this.#pitch, height + 2 * MARGIN);
    this.#canvas = new OffscreenCanvas(this.#pitch, height + 2 * MARGIN);
  }

  clear(): void {
    this.#image.data.fill(0);
  }

  /**
   * Adds a point, with its position rounded down to a pixel of the image; points outside of it are skipped.
   */
  stamp(x: number, y: number, shape: Stamp): void {
    if (!(x >= 0 && y >= 0 && x < this.width && y < this.height)) return;
    const pitch = this.#pitch;
    const counts = this.#counts;
    const center = ((y | 0) + MARGIN) * pitch + (x | 0) + MARGIN;
    if (this.#touchedCount + shape.length > this.#touchedIndices.length) this.#grow(shape.length);
    for (let i = 0; i < shape.length; i += 2) {
      const index = center + (shape[i + 1] ?? 0) * pitch + (shape[i] ?? 0);
      const count = counts[index] ?? 0;
      if (count === 0) this.#touchedIndices[this.#touchedCount++] = index;
      if (count < MAX_COUNT) counts[index] = count + 1;
    }
  }

  /**
   * Ends a layer: paints what was stamped since the previous layer.
   * @param alpha - opacity of a single point
   */
  paint([red, green, blue]: readonly [number, number, number], alpha: number): void {
    const { data } = this.#image;
    const counts = this.#counts;
    for (let t = 0; t < this.#touchedCount; t++) {
      const index = this.#touchedIndices[t] ?? 0;
      const sourceAlpha = 1 - (1 - alpha) ** (counts[index] ?? 0);
      counts[index] = 0;
      const i = 4 * index;
      const backdropAlpha = ((data[i + 3] ?? 0) / 255) * (1 - sourceAlpha);
      const alphaOut = sourceAlpha + backdropAlpha;
      data[i] = (red * sourceAlpha + (data[i] ?? 0) * backdropAlpha) / alphaOut;
      data[i + 1] = (green * sourceAlpha + (data[i + 1] ?? 0) * backdropAlpha) / alphaOut;
      data[i + 2] = (blue * sourceAlpha + (data[i + 2] ?? 0) * backdropAlpha) / alphaOut;
      data[i + 3] = 255 * alphaOut;
    }
    this.#touchedCount = 0;
  }

  /** Draws the image over the content of the canvas, its upper left corner at `left`, `top`. */
  drawOn(context: CanvasRenderingContext2D, left: number, top: number): void {
    this.#canvas.getContext('2d')?.putImageData(this.#image, 0, 0);
    context.drawImage(this.#canvas, left - MARGIN, top - MARGIN);
  }

  #grow(addedLength: number): void {
    const enlarged = new Uint32Array(2 * this.#touchedIndices.length + addedLength);
    enlarged.set(this.#touchedIndices);
    this.#touchedIndices = enlarged;
  }
}

/** Red, green and blue of a colour as `#rrggbb`. */
export function rgbOf(hex: string): readonly [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
