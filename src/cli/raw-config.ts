import { CONFIG_SECTIONS, type ConfigSection, type ServiceConfig } from '../contract/config.ts';
import { PARAMETER_TABLE } from '../contract/parameters.ts';
import type { FileEntry } from './config-entries.ts';
import { convertValue, schemaOfSetting } from './config-values.ts';

/** Settings from the command line or the demo; they override those of the file. */
export type ConfigOverrides = { readonly [S in ConfigSection]?: Partial<ServiceConfig[S]> };

/** Settings from the file and the overrides, before they are checked. */
export interface RawConfig {
  /** Section -> key -> value, converted to the type of the setting if possible; otherwise as text. */
  readonly values: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Processing parameters of `[params]`, as text. */
  readonly parameters: Readonly<Record<string, string>>;
  /** `section.key` -> its entry in the file. */
  readonly entries: ReadonlyMap<string, FileEntry>;
}

export function collectRawConfig(fileEntries: readonly FileEntry[], overrides: ConfigOverrides): RawConfig {
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
  for (const [section, override] of Object.entries(overrides))
    values[section] = { ...values[section], ...override };
  return { values, parameters, entries };
}
