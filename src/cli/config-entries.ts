import { CONFIG_SECTIONS, type ConfigSection } from '../contract/config.ts';
import { PARAMETER_TABLE } from '../contract/parameters.ts';
import type { ConfigEntry, PythonConfig } from '../formats/python-config.ts';

/** A setting in the config file whose section and key are known. */
export interface FileEntry {
  readonly section: ConfigSection;
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

const isSection = (name: string): name is ConfigSection => Object.hasOwn(CONFIG_SECTIONS, name);

function isKnown(section: ConfigSection, key: string): boolean {
  return (
    Object.hasOwn(CONFIG_SECTIONS[section].shape, key) ||
    (section === 'params' && PARAMETER_TABLE.some((p) => p.name === key))
  );
}

const SECTIONS = Object.keys(CONFIG_SECTIONS) as ConfigSection[];

/** The known settings of a file; unknown ones become warnings with their lines. */
export function collectEntries(config: PythonConfig): { entries: FileEntry[]; warnings: string[] } {
  const warnings: string[] = [];
  for (const [section, line] of config.sectionLines)
    if (!isSection(section))
      warnings.push(`line ${line}: section [${section}] is not known and has no effect`);
  const entries = SECTIONS.flatMap((section) => sectionEntries(section, config, warnings));
  for (const [key, { line }] of config.defaults)
    if (!SECTIONS.some((section) => isKnown(section, key)))
      warnings.push(`line ${line}: ${key} is not a setting of any section and has no effect`);
  return { entries, warnings };
}

/** Settings of a section, preceded by those settings of `[DEFAULT]` that the section does not override. */
function sectionEntries(section: ConfigSection, config: PythonConfig, warnings: string[]): FileEntry[] {
  const sectionSettings = config.sections.get(section) ?? new Map<string, ConfigEntry>();
  const entries: FileEntry[] = [];
  for (const [key, { value, line }] of config.defaults)
    if (!sectionSettings.has(key) && isKnown(section, key)) entries.push({ section, key, value, line });
  for (const [key, entry] of sectionSettings) {
    if (isKnown(section, key))
      entries.push(...splitIndentedSettings(section, key, entry, sectionSettings, warnings));
    else warnings.push(`line ${entry.line}: ${key} is not a setting of [${section}] and has no effect`);
  }
  return entries;
}

/**
 * The predecessor's example file indents some lines by a tab. If the rest of the file is not indented, Python
 * treats such a line as part of the value above it. This is never intended, so a known key within a value
 * is read as a separate setting.
 */
function splitIndentedSettings(
  section: ConfigSection,
  key: string,
  entry: ConfigEntry,
  sectionSettings: ReadonlyMap<string, ConfigEntry>,
  warnings: string[],
): FileEntry[] {
  const settings: { key: string; line: number; texts: string[] }[] = [{ key, line: entry.line, texts: [] }];
  entry.lines.forEach(({ text, line }, index) => {
    const match = index === 0 ? null : /^(?<key>[\w-]+)\s*[=:]\s*(?<value>.*)$/s.exec(text);
    const innerKey = match?.groups?.key?.toLowerCase() ?? '';
    if (
      match &&
      isKnown(section, innerKey) &&
      !sectionSettings.has(innerKey) &&
      !settings.some((setting) => setting.key === innerKey)
    ) {
      settings.push({ key: innerKey, line, texts: [match.groups?.value ?? ''] });
      warnings.push(
        `line ${line}: ${innerKey} is indented, which makes it part of ${key} in line ${entry.line}; read as a separate setting`,
      );
    } else settings.at(-1)?.texts.push(text);
  });
  return settings.map((setting) => ({
    section,
    key: setting.key,
    value: setting.texts.join('\n').trimEnd(),
    line: setting.line,
  }));
}
