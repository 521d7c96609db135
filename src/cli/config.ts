import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { hasErrorCode, messageOf } from '../base/errors.ts';
import { configSchema, type ServiceConfig } from '../contract/config.ts';
import { CodedError } from '../contract/errors.ts';
import type { ParameterValues } from '../contract/parameters.ts';
import { parseSomeParameters } from '../contract/parse-parameters.ts';
import type { ServiceSettings } from '../contract/settings.ts';
import { parsePythonConfig } from '../formats/python-config.ts';
import { collectEntries } from './config-entries.ts';
import {
  type ConfigError,
  checkToken,
  parameterErrors,
  sessionDirErrors,
  valueErrors,
} from './config-errors.ts';
import { settingsOf } from './config-settings.ts';
import { type ConfigOverrides, collectRawConfig } from './raw-config.ts';

export interface LoadedConfig {
  readonly settings: ServiceSettings;
  /** Values of processing parameters in `[params]`: the defaults when a session is started. */
  readonly parameterDefaults: Partial<ParameterValues>;
  readonly warnings: readonly string[];
  /** The file that was read, or null. */
  readonly source: string | null;
}

/** A loaded config, with the value of every key from the file or the default. */
export interface CheckedConfig extends LoadedConfig {
  readonly config: ServiceConfig;
}

export interface LoadConfigOptions {
  /** Default: `~/.cryoem.conf`. */
  readonly path?: string | undefined;
  readonly overrides?: ConfigOverrides | undefined;
  /** Whether a missing file is an error even if the overrides contain all required settings. */
  readonly requireFile: boolean;
}

export const DEFAULT_CONFIG_PATH = join(homedir(), '.cryoem.conf');

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
 * @throws CodedError BAD_CONFIG that lists all errors, each with its line, what was expected and what was
 * found.
 */
export function loadConfig(options: LoadConfigOptions): LoadedConfig {
  const path = options.path ?? DEFAULT_CONFIG_PATH;
  const text = readConfigFile(path, options);
  if (text === null) return checkConfig('', null, options.overrides);
  const loaded = checkConfig(text, path, options.overrides);
  const warnings = [...loaded.warnings];
  if ((statSync(path).mode & 0o004) !== 0)
    warnings.push(
      `${path} contains the token and is readable by all users of this machine; run chmod 600 ${path}`,
    );
  const { settings, parameterDefaults, source } = loaded;
  return { settings, parameterDefaults, warnings, source };
}

function readConfigFile(path: string, options: LoadConfigOptions): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const isMissing = hasErrorCode(error, 'ENOENT');
    if (isMissing && !options.requireFile && options.path === undefined) return null;
    const detail = isMissing
      ? `It does not exist. Create it with contents such as:\n\n${SAMPLE_CONFIG}\n`
      : `It cannot be read: ${messageOf(error)}.`;
    throw new CodedError('BAD_CONFIG', detail, { file: path }, { cause: error });
  }
}

/** Like `loadConfig`, for a text that has been read. @param source - name of the text in messages */
export function checkConfig(
  text: string,
  source: string | null,
  overrides: ConfigOverrides = {},
): CheckedConfig {
  const parsed = parsePythonConfig(text);
  const { entries, warnings } = collectEntries(parsed);
  const rawConfig = collectRawConfig(entries, overrides);
  const result = configSchema.safeParse(rawConfig.values);
  const someParameters = parseSomeParameters(rawConfig.parameters);
  const token = checkToken(rawConfig);
  const errors = [
    ...parsed.errors,
    ...valueErrors(result.error?.issues ?? [], rawConfig),
    ...(someParameters.ok ? [] : parameterErrors(someParameters.errors, rawConfig)),
    ...sessionDirErrors(rawConfig),
    ...token.errors,
  ];
  if (errors.length > 0 || !result.data) throw badConfigError(errors, source);
  return {
    config: result.data,
    settings: settingsOf(result.data),
    parameterDefaults: someParameters.ok ? someParameters.values : {},
    warnings: [...warnings, ...token.warnings],
    source,
  };
}

function badConfigError(errors: readonly ConfigError[], source: string | null): CodedError {
  const sorted = [...errors].sort((a, b) => a.line - b.line);
  const lines = sorted.map(({ line, message }) => (line > 0 ? `  line ${line}: ${message}` : `  ${message}`));
  return new CodedError(
    'BAD_CONFIG',
    `Correct all of these:\n${lines.join('\n')}\n`,
    source ? { file: source } : {},
  );
}
