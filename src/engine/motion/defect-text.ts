import { CodedError } from '../../contract/errors.ts';

/** Defects in text form: MotionCor's boxes, or SerialEM's list. */

/** A box of bad pixels, [x, y, width, height]; it may extend beyond the image. */
export type DefectBox = readonly [x: number, y: number, width: number, height: number];

export interface DefectText {
  readonly boxes: readonly DefectBox[];
  /**
   * Rows are counted from the top of the picture (SerialEM), or from the bottom (MotionCor's boxes, as in
   * RELION).
   */
  readonly rowsFrom: 'top' | 'bottom';
  /** Size of the camera in whose pixels the boxes are given; null: that of the movie. */
  readonly camera: readonly [width: number, height: number] | null;
  /** SerialEM's code of the rotation and flip of its coordinates relative to the camera, 0 to 7; 0: none. */
  readonly rotationAndFlip: number;
}

/** Keys of SerialEM's list that do not describe defects. */
const OTHER_KEYS = new Set(['WasScaled', 'K2Type', 'FalconType', 'NumToAvgSuperRes']);
/** Longer than any axis of a camera: means an entire row or column. */
const ENTIRE_AXIS = 1 << 20;

/** Result of the lines read so far. */
interface Draft {
  readonly boxes: DefectBox[];
  /** Top, left, bottom, right. */
  readonly usableAreas: (readonly [number, number, number, number])[];
  cameraWidth: number;
  cameraHeight: number;
  rotationAndFlip: number;
}

/** How a line is parsed: a description of its numbers, their minimum count, and what they add. */
interface LineKind {
  readonly form: string;
  readonly numbers: number;
  add(draft: Draft, numbers: readonly number[]): void;
  isValid?(numbers: readonly number[]): boolean;
}

const BOX: LineKind = {
  form: 'x y width height',
  numbers: 4,
  add: ({ boxes }, [x = 0, y = 0, width = 0, height = 0]) => void boxes.push([x, y, width, height]),
};

const SERIALEM_KINDS: Readonly<Record<string, LineKind>> = {
  BadPixels: {
    form: 'BadPixels x y ...',
    numbers: 2,
    add({ boxes }, numbers) {
      for (let i = 0; i + 1 < numbers.length; i += 2) boxes.push([numbers[i]!, numbers[i + 1]!, 1, 1]);
    },
  },
  BadColumns: {
    form: 'BadColumns x ...',
    numbers: 1,
    add({ boxes }, numbers) {
      for (const x of numbers) boxes.push([x, 0, 1, ENTIRE_AXIS]);
    },
  },
  BadRows: {
    form: 'BadRows y ...',
    numbers: 1,
    add({ boxes }, numbers) {
      for (const y of numbers) boxes.push([0, y, ENTIRE_AXIS, 1]);
    },
  },
  PartialBadColumn: {
    form: 'PartialBadColumn x width first-y last-y',
    numbers: 4,
    add: ({ boxes }, [x = 0, width = 0, first = 0, last = 0]) =>
      void boxes.push([x, first, width, Math.max(0, last - first + 1)]),
  },
  PartialBadRow: {
    form: 'PartialBadRow y height first-x last-x',
    numbers: 4,
    add: ({ boxes }, [y = 0, height = 0, first = 0, last = 0]) =>
      void boxes.push([first, y, Math.max(0, last - first + 1), height]),
  },
  UsableArea: {
    form: 'UsableArea top left bottom right',
    numbers: 4,
    add: ({ usableAreas }, [top = 0, left = 0, bottom = 0, right = 0]) =>
      void usableAreas.push([top, left, bottom, right]),
  },
  RotationAndFlip: {
    form: 'RotationAndFlip 0 to 7',
    numbers: 1,
    isValid: ([value = 0]) => value <= 7,
    add(draft, [value = 0]) {
      draft.rotationAndFlip = value;
    },
  },
  CameraSizeX: {
    form: 'CameraSizeX width',
    numbers: 1,
    add(draft, [width = 0]) {
      draft.cameraWidth = width;
    },
  },
  CameraSizeY: {
    form: 'CameraSizeY height',
    numbers: 1,
    add(draft, [height = 0]) {
      draft.cameraHeight = height;
    },
  },
};

/**
 * Parses lines `x y width height`, or SerialEM's: BadPixels (pairs), BadColumns, BadRows, PartialBadColumn
 * (x, width, first and last y), PartialBadRow (y, height, first and last x), UsableArea (top, left, bottom,
 * right), RotationAndFlip, CameraSizeX, CameraSizeY.
 * @throws CodedError DEFECTS_UNREADABLE with the line
 */
export function parseDefectText(text: string, path: string): DefectText {
  const draft: Draft = { boxes: [], usableAreas: [], cameraWidth: 0, cameraHeight: 0, rotationAndFlip: 0 };
  let isSerialEm = false;
  text.split(/\r?\n/).forEach((line, index) => {
    const words = line
      .replace(/#.*/, '')
      .trim()
      .split(/[\s,]+/)
      .filter(Boolean);
    if (words.length === 0) return;
    const key = /^[A-Za-z]/.test(words[0]!) ? words.shift()! : '';
    isSerialEm ||= key !== '';
    const errorOf = (expected: string) =>
      new CodedError('DEFECTS_UNREADABLE', '', {
        file: path,
        field: `line ${index + 1}`,
        expected,
        found: line.trim().slice(0, 80),
      });
    readLine(draft, key, words.map(Number), errorOf);
  });
  const { boxes, usableAreas, cameraWidth, cameraHeight, rotationAndFlip } = draft;
  for (const [top, left, bottom, right] of usableAreas) boxes.push(...boxesOutside(top, left, bottom, right));
  return {
    boxes,
    rowsFrom: isSerialEm ? 'top' : 'bottom',
    camera: cameraWidth > 0 && cameraHeight > 0 ? [cameraWidth, cameraHeight] : null,
    rotationAndFlip,
  };
}

/** @param key - '' for a line with numbers only */
function readLine(
  draft: Draft,
  key: string,
  numbers: readonly number[],
  errorOf: (expected: string) => CodedError,
): void {
  const kind = key === '' ? BOX : Object.hasOwn(SERIALEM_KINDS, key) ? SERIALEM_KINDS[key] : undefined;
  if (!kind) {
    if (!OTHER_KEYS.has(key)) throw errorOf('x y width height, or a key of a SerialEM defect list');
    return;
  }
  const isComplete = numbers.length >= kind.numbers && numbers.every((n) => Number.isInteger(n) && n >= 0);
  if (!isComplete || kind.isValid?.(numbers) === false) throw errorOf(kind.form);
  kind.add(draft, numbers);
}

/** The area outside the usable area; 0 for the bottom or right side means no limit on that side. */
function boxesOutside(top: number, left: number, bottom: number, right: number): DefectBox[] {
  return [
    [0, 0, ENTIRE_AXIS, top],
    [0, 0, left, ENTIRE_AXIS],
    ...(bottom > 0 ? [[0, bottom + 1, ENTIRE_AXIS, ENTIRE_AXIS] as const] : []),
    ...(right > 0 ? [[right + 1, 0, ENTIRE_AXIS, ENTIRE_AXIS] as const] : []),
  ];
}
