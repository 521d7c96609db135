import { z } from 'zod';
import { CONFIG_SECTIONS, type ConfigSection } from '../contract/config.ts';

interface Shape {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly pattern?: string;
  readonly description?: string;
}

const shapeOf = (schema: z.ZodType) =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
const innerOf = (shape: Shape) => shape.anyOf?.find((part) => part.type !== 'null') ?? shape;
const mayBeNull = (shape: Shape) => shape.anyOf?.some((part) => part.type === 'null') ?? false;

const TRUE_WORDS = new Set(['1', 'yes', 'true', 'on']);
const FALSE_WORDS = new Set(['0', 'no', 'false', 'off']);
/** A longer text is not a number; the pattern would try all divisions of its digits. */
const MAX_NUMBER_LENGTH = 50;
/** Numbers as users write them; not the hexadecimal, empty and padded texts that `Number` takes as well. */
const NUMBER = /^[+-]?(\d[\d_]*)?\.?\d+(e[+-]?\d+)?$/i;

export function schemaOfSetting(section: ConfigSection, key: string): z.ZodType {
  const shape: Readonly<Record<string, z.ZodType>> = CONFIG_SECTIONS[section].shape;
  return shape[key] ?? z.unknown();
}

/**
 * Converts a text of the file to the type of the setting; a text that cannot be converted is returned as it
 * is.
 */
export function convertValue(schema: z.ZodType, text: string): unknown {
  const shape = shapeOf(schema);
  const word = text.toLowerCase();
  if (mayBeNull(shape) && (text === '' || word === 'none')) return null;
  switch (innerOf(shape).type) {
    case 'boolean':
      return TRUE_WORDS.has(word) ? true : FALSE_WORDS.has(word) ? false : text;
    case 'integer':
    case 'number':
      return text.length <= MAX_NUMBER_LENGTH && NUMBER.test(text) ? Number(text.replaceAll('_', '')) : text;
    default:
      return text;
  }
}

/** Describes the values that a setting accepts: "a whole number from 1 to 65535". */
export function expectedOf(schema: z.ZodType): string {
  const whole = shapeOf(schema);
  const shape = innerOf(whole);
  if (shape.enum) return shape.enum.length === 1 ? `${shape.enum[0]}` : `one of ${shape.enum.join(', ')}`;
  const bounded = shape.minimum !== undefined && shape.maximum !== undefined && shape.maximum < 2 ** 53 - 1;
  const range = bounded ? ` from ${shape.minimum} to ${shape.maximum}` : '';
  switch (shape.type) {
    case 'boolean':
      return 'True or False';
    case 'integer':
      return `a whole number${range}`;
    case 'number':
      return `a number${range}`;
    default:
      return shape.pattern && whole.description ? `text (${whole.description})` : 'some text';
  }
}
