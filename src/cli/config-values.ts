import { z } from 'zod';
import { CONFIG_SECTIONS, type ConfigSection } from '../contract/config.ts';

interface JsonSchema {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly description?: string;
}

const jsonSchemaOf = (schema: z.ZodType) =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
const nonNullSchemaOf = (schema: JsonSchema) =>
  schema.anyOf?.find((member) => member.type !== 'null') ?? schema;
const mayBeNull = (schema: JsonSchema) => schema.anyOf?.some((member) => member.type === 'null') ?? false;

const TRUE_WORDS = new Set(['1', 'yes', 'true', 'on']);
const FALSE_WORDS = new Set(['0', 'no', 'false', 'off']);
/** A longer text is not accepted as a number: the pattern would try every way to split its digits. */
const MAX_NUMBER_LENGTH = 50;
/** Numbers as users write them. `Number` also accepts hexadecimal, empty and space-padded texts. */
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
  const jsonSchema = jsonSchemaOf(schema);
  const word = text.toLowerCase();
  if (mayBeNull(jsonSchema) && (text === '' || word === 'none')) return null;
  switch (nonNullSchemaOf(jsonSchema).type) {
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
  const jsonSchema = jsonSchemaOf(schema);
  const { type, enum: choices, minimum, maximum, pattern } = nonNullSchemaOf(jsonSchema);
  if (choices) return choices.length === 1 ? `${choices[0]}` : `one of ${choices.join(', ')}`;
  const isBounded = minimum !== undefined && maximum !== undefined && maximum < 2 ** 53 - 1;
  const range = isBounded ? ` from ${minimum} to ${maximum}` : '';
  switch (type) {
    case 'boolean':
      return 'True or False';
    case 'integer':
      return `a whole number${range}`;
    case 'number':
      return `a number${range}`;
    default:
      return pattern && jsonSchema.description ? `text (${jsonSchema.description})` : 'some text';
  }
}
