import { CONFIG_SECTIONS, type ConfigSection, type ServiceConfig } from '../contract/config.ts';
import { PARAMETER_TABLE } from '../contract/parameters.ts';
import type { FileEntry } from './config-entries.ts';
import { convertValue, schemaOfSetting } from './config-values.ts';

/** Settings given in addition to the file, on the command line or by the demo; they override the file. */
export type ConfigOverrides = { readonly [S in ConfigSection]?: Partial<ServiceConfig[S]> };

/** What the file and the overrides give, before it is checked. */
export interface GivenConfig {
  /** Section -> key -> value, as the kind that the key asks for where it can be read as one. */
  readonly values: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Processing parameters of `[params]`, as text. */
  readonly parameters: Readonly<Record<string, string>>;
  /** `section.key` -> its entry in the file. */
  readonly entries: ReadonlyMap<string, FileEntry>;
}

export function collectGiven(fileEntries: readonly FileEntry[], overrides: ConfigOverrides): GivenConfig {
  const values: Record<string, Record<string, unknown>> = {};
  for (const section of Object.keys(CONFIG_SECTIONS)) values[section] = {};
  const parameters: Record<string, string> = {};
  const entries = new Map<string, FileEntry>();
  for (const entry of fileEntries) {
    const { section, key, value } = entry;
    entries.set(`${section}.${key}`, entry);
    if (section === 'params' && PARAMETER_TABLE.some(({ name }) => name === key)) parameters[key] = value;
    else values[section] = { ...values[section], [key]: convertValue(schemaOfSetting(section, key), value) };
  }
  for (const [section, own] of Object.entries(overrides)) values[section] = { ...values[section], ...own };
  return { values, parameters, entries };
}
