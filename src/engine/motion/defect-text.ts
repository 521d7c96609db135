import { CodedError } from '../../contract/errors.ts';

/** Defects given as text: MotionCor's boxes, or SerialEM's list. */

/** A box of bad pixels, [x, y, width, height]; it may reach beyond the image. */
export type DefectBox = readonly [x: number, y: number, width: number, height: number];

export interface DefectText {
  readonly boxes: readonly DefectBox[];
  /** Rows are counted from the top of the picture (SerialEM), or from the bottom (MotionCor's boxes, as RELION reads them). */
  readonly rowsFrom: 'top' | 'bottom';
  /** Of the camera, in whose pixels the boxes are; null: those of the movie. */
  readonly camera: readonly [width: number, height: number] | null;
  /** SerialEM's number of the turn that its coordinates have had since the camera, 0 to 7; 0: none. */
  readonly rotationAndFlip: number;
}

/** Keys of SerialEM's list that say something else than defects. */
const OTHER_KEYS = new Set(['WasScaled', 'K2Type', 'FalconType', 'NumToAvgSuperRes']);
/** Longer than any axis of a camera: a whole row or column. */
const WHOLE = 1 << 20;

/**
 * Lines `x y width height`, or SerialEM's: BadPixels (pairs), BadColumns, BadRows, PartialBadColumn (x, width, first and last y),
 * PartialBadRow (y, height, first and last x), UsableArea (top, left, bottom, right), CameraSizeX, CameraSizeY.
 * @throws CodedError DEFECTS_UNREADABLE with the line
 */
export function parseDefectText(text: string, path: string): DefectText {
  const boxes: DefectBox[] = [];
  let cameraWidth = 0;
  let cameraHeight = 0;
  let rotationAndFlip = 0;
  let isSerialEm = false;
  const usable: number[][] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    const words = line
      .replace(/#.*/, '')
      .trim()
      .split(/[\s,]+/)
      .filter(Boolean);
    if (words.length === 0) return;
    const key = /^[A-Za-z]/.test(words[0]!) ? words.shift()! : '';
    const numbers = words.map(Number);
    const wrong = (expected: string) =>
      new CodedError('DEFECTS_UNREADABLE', '', {
        file: path,
        field: `line ${index + 1}`,
        expected,
        found: line.trim().slice(0, 80),
      });
    const need = (count: number, expected: string) => {
      if (numbers.length < count || !numbers.every((n) => Number.isInteger(n) && n >= 0))
        throw wrong(expected);
    };
    isSerialEm ||= key !== '';
    switch (key) {
      case '': {
        need(4, 'x y width height');
        boxes.push(numbers.slice(0, 4) as unknown as DefectBox);
        return;
      }
      case 'BadPixels':
        need(2, 'BadPixels x y ...');
        for (let i = 0; i + 1 < numbers.length; i += 2) boxes.push([numbers[i]!, numbers[i + 1]!, 1, 1]);
        return;
      case 'BadColumns':
        need(1, 'BadColumns x ...');
        for (const x of numbers) boxes.push([x, 0, 1, WHOLE]);
        return;
      case 'BadRows':
        need(1, 'BadRows y ...');
        for (const y of numbers) boxes.push([0, y, WHOLE, 1]);
        return;
      case 'PartialBadColumn': {
        need(4, 'PartialBadColumn x width first-y last-y');
        const [x, width, first, last] = numbers as [number, number, number, number];
        boxes.push([x, first, width, Math.max(0, last - first + 1)]);
        return;
      }
      case 'PartialBadRow': {
        need(4, 'PartialBadRow y height first-x last-x');
        const [y, height, first, last] = numbers as [number, number, number, number];
        boxes.push([first, y, Math.max(0, last - first + 1), height]);
        return;
      }
      case 'UsableArea':
        need(4, 'UsableArea top left bottom right');
        usable.push(numbers);
        return;
      case 'RotationAndFlip':
        need(1, 'RotationAndFlip 0 to 7');
        if (numbers[0]! > 7) throw wrong('RotationAndFlip 0 to 7');
        rotationAndFlip = numbers[0]!;
        return;
      case 'CameraSizeX':
        need(1, 'CameraSizeX width');
        cameraWidth = numbers[0]!;
        return;
      case 'CameraSizeY':
        need(1, 'CameraSizeY height');
        cameraHeight = numbers[0]!;
        return;
      default:
        if (!OTHER_KEYS.has(key)) throw wrong('x y width height, or a key of a SerialEM defect list');
    }
  });
  for (const [top, left, bottom, right] of usable as [number, number, number, number][])
    boxes.push(...outside(top, left, bottom, right));
  return {
    boxes,
    rowsFrom: isSerialEm ? 'top' : 'bottom',
    camera: cameraWidth > 0 && cameraHeight > 0 ? [cameraWidth, cameraHeight] : null,
    rotationAndFlip,
  };
}

/** What lies around the usable area; 0 at the far side says that nothing is cut there. */
function outside(top: number, left: number, bottom: number, right: number): DefectBox[] {
  return [
    [0, 0, WHOLE, top],
    [0, 0, left, WHOLE],
    ...(bottom > 0 ? [[0, bottom + 1, WHOLE, WHOLE] as const] : []),
    ...(right > 0 ? [[right + 1, 0, WHOLE, WHOLE] as const] : []),
  ];
}
