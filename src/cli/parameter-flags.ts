import type { Command } from 'commander';
import { PARAMETER_TABLE, type ParameterDeclaration } from '../contract/parameters.ts';

/**
 * How flags are described in the help. `takesFilePaths`: parameters for files take the path of a file, as in
 * `cryoem process`, instead of a search pattern.
 */
export interface FlagStyle {
  readonly takesFilePaths: boolean;
}

const flagOf = (p: ParameterDeclaration) => `--${p.name.replaceAll('_', '-')}`;
/** The name under which commander stores the value of a flag. */
const keyOf = (p: ParameterDeclaration) =>
  p.name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

function helpOf(p: ParameterDeclaration, { takesFilePaths }: FlagStyle): string {
  const notes = [p.unit && `in ${p.unit}`, p.choices && `one of ${p.choices.join(', ')}`].filter(Boolean);
  if (p.default !== undefined) notes.push(`default ${p.default}`);
  const help = takesFilePaths && p.group === 'files' ? 'Path of the file.' : p.help;
  return `${p.label}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}: ${help}`;
}

/** Adds one flag per parameter. A boolean flag may have a value: `--superresolution False`. */
export function addParameterFlags(
  command: Command,
  parameters: readonly ParameterDeclaration[] = PARAMETER_TABLE,
  style: FlagStyle = { takesFilePaths: false },
): Command {
  for (const p of parameters) command.option(`${flagOf(p)} ${placeholderOf(p, style)}`, helpOf(p, style));
  return command;
}

function placeholderOf({ kind, group }: ParameterDeclaration, { takesFilePaths }: FlagStyle): string {
  if (kind === 'boolean') return '[True|False]';
  return takesFilePaths && group === 'files' ? '<file>' : `<${kind}>`;
}

/** Values of these flags; the service validates them and adds the values of its config file. */
export function parametersFromFlags(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const values = PARAMETER_TABLE.map((p) => [p.name, options[keyOf(p)]] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}
