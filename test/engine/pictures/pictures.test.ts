import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createCanvas, drawText } from '../../../src/engine/pictures/canvas.ts';
import { combinedText, renderCombined } from '../../../src/engine/pictures/combined.ts';
import { renderCtfPicture } from '../../../src/engine/pictures/ctf-picture.ts';
import { GLYPH_HEIGHT, GLYPH_WIDTH, glyphRows } from '../../../src/engine/pictures/font.ts';
import { shrink, toGray } from '../../../src/engine/pictures/gray.ts';
import { renderThumbnail } from '../../../src/engine/pictures/thumbnail.ts';

const image = (width: number, height: number, value: (x: number, y: number) => number) => ({
  width,
  height,
  data: Float32Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width))),
});

/** Concentric rings, the same in both halves. */
const diagnostic = {
  size: 128,
  edgeFrequencyPerA: 0.25,
  data: image(128, 128, (x, y) => Math.sin(Math.hypot(x - 64, y - 64) / 3) ** 2).data,
};

async function decode(jpeg: Buffer) {
  const { format } = await sharp(jpeg).metadata();
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  const pixelAt = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * info.channels).subarray(0, 3),
  ];
  return { format, width: info.width, height: info.height, data, pixelAt };
}

describe('the thumbnail', () => {
  it('is a JPEG with a longest side of 512 pixels and the aspect ratio of the micrograph', async () => {
    const wideImage = image(1440, 1023, (x, y) => x + y);
    const picture = await decode(await renderThumbnail(wideImage));
    expect([picture.format, picture.width, picture.height]).toEqual(['jpeg', 512, 364]);
  });

  it('shows row 0 at the bottom and low values as dark', async () => {
    const picture = await decode(
      await renderThumbnail(
        image(600, 600, (x, y) => x + 10 * y),
        { maxSide: 200 },
      ),
    );
    expect(picture.pixelAt(100, 195)[0]).toBeLessThan(60);
    expect(picture.pixelAt(100, 5)[0]).toBeGreaterThan(195);
  });

  it('keeps its contrast despite hot pixels and NaN pixels', async () => {
    const step = image(400, 400, (x, y) =>
      x === 7 && y === 9 ? 1e9 : x === 50 ? Number.NaN : x < 200 ? 1 : 2,
    );
    const picture = await decode(await renderThumbnail(step));
    expect(picture.pixelAt(100, 200)[0]).toBeLessThan(20);
    expect(picture.pixelAt(300, 200)[0]).toBeGreaterThan(235);
  });

  it('is grey if the image is constant, and does not enlarge a small image', async () => {
    const picture = await decode(await renderThumbnail(image(40, 30, () => 5)));
    expect([picture.width, picture.height]).toEqual([40, 30]);
    expect(picture.data.every((v) => Math.abs(v - 128) < 4)).toBe(true);
  });

  it('averages the pixels of each area', () => {
    const shrunken = shrink(
      image(8, 4, (x, y) => x + 100 * y),
      4,
    );
    expect([shrunken.width, shrunken.height]).toEqual([4, 2]);
    expect([...shrunken.data]).toEqual([50.5, 52.5, 54.5, 56.5, 250.5, 252.5, 254.5, 256.5]);
    expect(toGray(shrunken).bytes[7]).toBe(255);
  });
});

describe('the diagnostic image of a fit', () => {
  it('has the size of the diagnostic, and rings on both sides', async () => {
    const picture = await decode(await renderCtfPicture(diagnostic, { fitResolutionA: null }));
    expect([picture.format, picture.width, picture.height]).toEqual(['jpeg', 128, 128]);
    for (const side of [-1, 1]) {
      const dark = Math.round(64 + side * 3 * Math.PI * 3);
      const bright = Math.round(64 + side * 3 * Math.PI * 3.5);
      expect(
        (picture.pixelAt(bright, 64)[0] as number) - (picture.pixelAt(dark, 64)[0] as number),
      ).toBeGreaterThan(80);
    }
  });

  it('from another program is scaled by its own range of values', async () => {
    const foreignDiagnostic = {
      ...diagnostic,
      isForeign: true as const,
      data: diagnostic.data.map((v) => 5000 + 100 * v),
    };
    const picture = await decode(await renderCtfPicture(foreignDiagnostic, { fitResolutionA: null }));
    const values = [...picture.data];
    expect(Math.min(...values)).toBeLessThan(30);
    expect(Math.max(...values)).toBeGreaterThan(225);
  });

  it('has an orange ring at the fit resolution', async () => {
    // The frequency at 8 A is half of the edge frequency, 1/(4 A): the radius is 32 pixels.
    const picture = await decode(await renderCtfPicture(diagnostic, { fitResolutionA: 8 }));
    const isOrange = (x: number, y: number) => {
      const [r = 0, , b = 0] = picture.pixelAt(x, y);
      return r - b > 60;
    };
    const orangeAngles = Array.from({ length: 360 }, (_, i) => (i * Math.PI) / 180).filter((a) =>
      isOrange(Math.round(64 + 32 * Math.cos(a)), Math.round(64 + 32 * Math.sin(a))),
    );
    expect(orangeAngles.length).toBeGreaterThan(150);
  });
});

describe('the combined image', () => {
  it('shows fit resolution, astigmatism and mean shift as the original service did, and a dash for unknown values', () => {
    expect(combinedText({ fitResolutionA: 3.42, astigmatismA: 209.7, meanShiftA: 0.83 })).toBe(
      'R: 3.4 Å  A: 210 Å  S: 0.8 Å',
    );
    expect(combinedText({ fitResolutionA: null, astigmatismA: null, meanShiftA: null })).toBe(
      'R: -  A: -  S: -',
    );
  });

  it('contains micrograph, spectrum and a line of text', async () => {
    const info = { fitResolutionA: 8, astigmatismA: 210, meanShiftA: 0.8 };
    const micrograph = image(256, 256, (x, y) => x ^ y);
    const picture = await decode(await renderCombined(micrograph, diagnostic, info));
    expect([picture.format, picture.width]).toEqual(['jpeg', 128 + 4 + 128]);
    expect(picture.height).toBeGreaterThan(128 + GLYPH_HEIGHT);
    const textLine = picture.data.subarray(129 * picture.width * 3);
    expect(Math.max(...textLine)).toBeGreaterThan(200);
    expect(Math.min(...textLine)).toBeLessThan(40);
  });
});

describe('the font', () => {
  it('draws every character that the service uses with a different glyph', () => {
    const characters = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZÅ.,:-+/%()'];
    const glyphs = characters.map((character) => {
      const canvas = createCanvas(GLYPH_WIDTH, GLYPH_HEIGHT);
      drawText(canvas, character, { x: 0, y: 0, scale: 1 }, [255, 255, 255]);
      return canvas.rgb.join('');
    });
    expect(new Set(glyphs).size).toBe(characters.length);
    expect(glyphs.every((pixels) => pixels.includes('255'))).toBe(true);
  });

  it('throws for a character without a glyph', () => {
    expect(() => glyphRows('漢')).toThrow('no glyph');
  });
});
