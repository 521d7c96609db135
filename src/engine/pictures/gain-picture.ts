import type { GainPattern } from '../gain-orientation/pattern.ts';
import { createCanvas, drawGray, drawText, encodeJpeg, textWidth } from './canvas.ts';
import { GLYPH_HEIGHT } from './font.ts';
import { toGrayBetween } from './gray.ts';

/** Side of a map pixel in the picture, and gap between two tiles, pixels. */
const ZOOM = 16;
const GAP = 16;
const TEXT_SCALE = 2;
const LINE_HEIGHT = GLYPH_HEIGHT * TEXT_SCALE + 6;
const WHITE = [235, 235, 235] as const;

/**
 * The fixed-pattern noise of the detector in the counts: uncorrected, corrected with the current setting and,
 * if it differs, with the best match. All with the same contrast: mid-grey is zero, white the
 * maximum in the counts.
 * @returns a JPEG file's bytes
 */
export async function renderGainPicture(pattern: GainPattern): Promise<Buffer> {
  const { size, counts, withSetting, withBestMatch, setting, testedSetting } = pattern;
  const settingText = ({ rotate, flip, sense }: GainPattern['setting']) =>
    `rotgain ${rotate} flipgain ${flip}${sense === undefined ? '' : ` ${sense}`}`;
  const tiles = [
    { map: counts, lines: ['uncorrected counts', ''] },
    { map: withSetting, lines: ['current setting', settingText(setting)] },
    ...(withBestMatch ? [{ map: withBestMatch, lines: ['best match', settingText(testedSetting)] }] : []),
  ];
  const side = size * ZOOM;
  const canvas = createCanvas(tiles.length * (side + GAP), side + 3 * LINE_HEIGHT);
  const white = Math.max(0.05, ...counts.map(Math.abs));
  const centre = (size * size - 1) / 2;
  tiles.forEach(({ map, lines }, i) => {
    const left = i * (side + GAP) + GAP / 2;
    const drawCentred = (text: string, y: number) => {
      const x = left + Math.max(0, Math.floor((side - textWidth(text, TEXT_SCALE)) / 2));
      drawText(canvas, text, { x, y, scale: TEXT_SCALE }, WHITE);
    };
    lines.forEach((line, n) => {
      drawCentred(line, n * LINE_HEIGHT);
    });
    const data = new Float32Array(side * side);
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        data[y * side + x] = map[Math.floor(y / ZOOM) * size + Math.floor(x / ZOOM)]!;
    const gray = toGrayBetween({ width: side, height: side, data }, -white, white);
    drawGray(canvas, gray, left, 2 * LINE_HEIGHT);
    drawCentred(`${Math.max(0, Math.round(100 * map[centre]!))} % of the pattern`, 2 * LINE_HEIGHT + side);
  });
  return encodeJpeg(canvas);
}
