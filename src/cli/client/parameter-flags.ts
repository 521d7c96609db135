import type { Command } from 'commander';
import { PARAMETER_TABLE, type ParameterDeclaration } from '../../contract/parameters.ts';

const flagOf = (p: ParameterDeclaration) => `--${p.name.replaceAll('_', '-')}`;
/** The name under which commander stores the value of a flag. */
const keyOf = (p: ParameterDeclaration) =>
  p.name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

function helpOf(p: ParameterDeclaration): string {
  const notes = [p.unit && `in ${p.unit}`, p.choices && `one of ${p.choices.join(', ')}`].filter(Boolean);
  if (p.default !== undefined) notes.push(`default ${p.default}`);
  return `${p.label}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}: ${p.help}`;
}

/** Adds one flag per parameter. A boolean flag may have a value: `--superresolution False`. */
export function addParameterFlags(command: Command): Command {
  for (const p of PARAMETER_TABLE)
    command.option(`${flagOf(p)} ${p.kind === 'boolean' ? '[True|False]' : `<${p.kind}>`}`, helpOf(p));
  return command;
}

/** Values of these flags; the service validates them and adds those of its config file. */
export function parametersGiven(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = PARAMETER_TABLE.map((p) => [p.name, options[keyOf(p)]] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
