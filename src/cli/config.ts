import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { isLoopback } from '../base/host-port.ts';
import { CONFIG_SECTIONS, type ConfigSection, configSchema, type ServiceConfig } from '../contract/config.ts';
import { CodedError } from '../contract/errors.ts';
import { PARAMETER_TABLE, type ParameterValues } from '../contract/parameters.ts';
import { parseSomeParameters } from '../contract/parse-parameters.ts';
import type { ServiceSettings } from '../contract/settings.ts';
import { parsePythonConfig } from '../formats/python-config.ts';
import { collectEntries, type FileEntry } from './config-entries.ts';
import { settingsOf } from './config-settings.ts';
import { convertValue, expectedOf } from './config-values.ts';

/** Settings given beside the file, on the command line or by the demo; they win over the file. */
export type ConfigOverrides = { readonly [S in ConfigSection]?: Partial<ServiceConfig[S]> };

export interface LoadedConfig {
  readonly settings: ServiceSettings;
  /** Values of processing parameters that `[params]` holds: what a start takes where it is given nothing else. */
  readonly parameterDefaults: Partial<ParameterValues>;
  readonly warnings: readonly string[];
  /** The file that was read, or null. */
  readonly source: string | null;
}

/** With the values of the keys, as the file and its defaults give them. */
export interface CheckedConfig extends LoadedConfig {
  readonly config: ServiceConfig;
}

export interface LoadConfigOptions {
  /** Default: `~/.cryoem.conf`. */
  readonly path?: string | undefined;
  readonly overrides?: ConfigOverrides | undefined;
  /** Whether a missing file is an error even where the overrides say all that is needed. */
  readonly requireFile: boolean;
}

export const DEFAULT_CONFIG_PATH = join(homedir(), '.cryoem.conf');

/** The mission's example token, which everybody can read. */
const PUBLISHED_TOKEN = 'somesecret';

const SAMPLE_CONFIG = `[general]
debug = False
session_dir = /cryoem1

[api]
port = 8112
token = <a long random word, for example from: openssl rand -hex 24>

[params]
maxjobs = 100
cluster_size = 5
no_of_files_to_proc_in_cycle = 100
`;

/**
 * Reads the config file and checks every setting.
 * @throws CodedError BAD_CONFIG that lists all faults, each with its line, what was expected and what was found.
 */
export function loadConfig(options: LoadConfigOptions): LoadedConfig {
  const path = options.path ?? DEFAULT_CONFIG_PATH;
  const text = readConfigFile(path, options);
  if (text === null) return checkConfig('', null, options.overrides);
  const loaded = checkConfig(text, path, options.overrides);
  const warnings = [...loaded.warnings];
  if ((statSync(path).mode & 0o004) !== 0)
    warnings.push(`${path} holds the token and everybody on this machine can read it; chmod 600 ${path}`);
  const { settings, parameterDefaults, source } = loaded;
  return { settings, parameterDefaults, warnings, source };
}

function readConfigFile(path: string, options: LoadConfigOptions): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing && !options.requireFile && options.path === undefined) return null;
    const detail = missing
      ? `It is not there. Create it with contents like:\n\n${SAMPLE_CONFIG}\n`
      : `It cannot be read: ${(error as Error).message}.`;
    throw new CodedError('BAD_CONFIG', detail, { file: path }, { cause: error });
  }
}

/** As `loadConfig`, for a text already read. `source` is its name in messages. */
export function checkConfig(
  text: string,
  source: string | null,
  overrides: ConfigOverrides = {},
): CheckedConfig {
  const parsed = parsePythonConfig(text);
  const faults = parsed.faults.map((fault) => ({ line: fault.line, message: fault.message }));
  const { entries, warnings } = collectEntries(parsed);
  const raw: Record<string, Record<string, unknown>> = {};
  const lines = new Map<string, FileEntry>();
  const parameters: Record<string, string> = {};

  for (const entry of entries) {
    const { section, key } = entry;
    if (section === 'params' && PARAMETER_TABLE.some((p) => p.name === key)) {
      parameters[key] = entry.value;
      lines.set(`params.${key}`, entry);
      continue;
    }
    lines.set(`${section}.${key}`, entry);
    raw[section] ??= {};
    raw[section][key] = convertValue(schemaOf(section, key), entry.value);
  }
  for (const [section, values] of Object.entries(overrides)) raw[section] = { ...raw[section], ...values };

  const given: Record<string, unknown> = {};
  for (const section of Object.keys(CONFIG_SECTIONS)) given[section] = raw[section] ?? {};
  const result = configSchema.safeParse(given);
  for (const issue of result.error?.issues ?? []) {
    const [section, key] = issue.path.map(String) as [ConfigSection, string];
    const entry = lines.get(`${section}.${key}`);
    const expected = expectedOf(schemaOf(section, key));
    const found = entry ? `found ${JSON.stringify(entry.value)}` : 'it is missing';
    faults.push({ line: entry?.line ?? 0, message: `[${section}] ${key}: expected ${expected}, ${found}` });
  }

  const someParameters = parseSomeParameters(parameters);
  if (!someParameters.ok)
    for (const fault of someParameters.faults) {
      const entry = lines.get(`params.${fault.field}`);
      const found = JSON.stringify(entry?.value);
      faults.push({ line: entry?.line ?? 0, message: `[params] ${fault.message}, found ${found}` });
    }

  const lineOf = (name: string) => lines.get(name)?.line ?? 0;
  // Looked at as given, so that these faults come together with those of the other settings.
  const sessionDir = raw.general?.session_dir;
  if (typeof sessionDir === 'string' && !isAbsolute(sessionDir))
    faults.push({
      line: lineOf('general.session_dir'),
      message: `[general] session_dir: expected an absolute path, found ${JSON.stringify(sessionDir)}`,
    });
  const host = String(raw.api?.host ?? '127.0.0.1');
  const published = raw.api?.token === PUBLISHED_TOKEN;
  if (!isLoopback(host) && (published || raw.api?.token === undefined))
    faults.push({
      line: lineOf('api.token') || lineOf('api.host'),
      message: `[api] token: a host key (here ${host}) opens the service to others, and not without a token of its own; expected a secret word, found ${published ? `the published "${PUBLISHED_TOKEN}"` : 'none'}`,
    });
  else if (published) warnings.push('[api] token is the published example; take a word of your own');
  if (faults.length > 0 || !result.data) throw faultsError(faults, source);
  return {
    config: result.data,
    settings: settingsOf(result.data),
    parameterDefaults: someParameters.ok ? someParameters.values : {},
    warnings,
    source,
  };
}

function schemaOf(section: string, key: string): z.ZodType {
  const shape: Readonly<Record<string, z.ZodType>> = CONFIG_SECTIONS[section as ConfigSection].shape;
  return shape[key] ?? z.unknown();
}

function faultsError(
  faults: readonly { line: number; message: string }[],
  source: string | null,
): CodedError {
  const sorted = [...faults].sort((a, b) => a.line - b.line);
  const listed = sorted.map(({ line, message }) =>
    line > 0 ? `  line ${line}: ${message}` : `  ${message}`,
  );
  return new CodedError(
    'BAD_CONFIG',
    `Correct all of these:\n${listed.join('\n')}\n`,
    source ? { file: source } : {},
  );
}
