import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readJsonBelow } from '../../base/below.ts';
import { tryParseJsonAs } from '../../base/json.ts';
import type { ParameterValues } from '../../contract/parameters.ts';
import { parseParameters } from '../../contract/parse-parameters.ts';
import { type Recipe, recipeSchema } from '../../contract/recipe.ts';
import { asCodedError } from '../../pipeline/coded-errors.ts';
import { writeReadableJson } from '../write-json.ts';

/**
 * `workflow/session.json`: the last start of a session. It is stored with the session, so that processing
 * continues automatically after a restart of the service, even if the ledger is lost.
 */
const startFileSchema = z.object({
  version: z.literal(1),
  wanted: z.enum(['running', 'stopped']),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  recipe: recipeSchema,
  warnings: z.array(z.string()),
  changedAt: z.iso.datetime(),
});

export interface StartFile {
  readonly wanted: 'running' | 'stopped';
  readonly parameters: ParameterValues;
  readonly recipe: Recipe;
  readonly warnings: readonly string[];
  readonly changedAt: string;
}

/** Parses a start from the ledger. @returns null for a text of another version */
export function parseStart(text: string): StartFile | null {
  const file = tryParseJsonAs(text, startFileSchema);
  const parsed = file === null ? null : parseParameters(file.parameters);
  return file !== null && parsed?.ok ? { ...file, parameters: parsed.values } : null;
}

export const startText = (file: StartFile): string => JSON.stringify({ version: 1, ...file });

const startFilePath = (workflowDir: string): string => join(workflowDir, 'session.json');

/**
 * The start on disk; null if there is none.
 * @throws LinkRefused, LocatedError, or Error that says why, if the file cannot be parsed
 */
export async function readStartFile(workflowDir: string): Promise<StartFile | null> {
  const file = await readJsonBelow(dirname(workflowDir), startFilePath(workflowDir), startFileSchema);
  if (file === null) return null;
  const parsed = parseParameters(file.parameters);
  if (!parsed.ok) throw new Error(parsed.errors.map((error) => error.message).join('; '));
  return { ...file, parameters: parsed.values };
}

/** @throws CodedError DISK_FULL, OUTPUT_NOT_WRITABLE */
export async function writeStartFile(workflowDir: string, file: StartFile): Promise<void> {
  try {
    await writeReadableJson(dirname(workflowDir), startFilePath(workflowDir), { version: 1, ...file });
  } catch (error) {
    throw asCodedError(error);
  }
}
