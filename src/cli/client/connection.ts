import type { Command } from 'commander';
import { httpUrl } from '../../base/host-port.ts';
import { CodedError } from '../../contract/errors.ts';
import { DEFAULT_CONFIG_PATH, loadConfig } from '../config.ts';

/** Address and token of the service. */
export interface Connection {
  readonly url: string;
  readonly token: string;
}

export interface ConnectionOptions {
  config?: string;
  url?: string;
  token?: string;
  json?: boolean;
}

/** Options of every command that uses a running service. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option('--json', 'print the response as JSON')
    .option('--config <file>', `config file with the address and the token (default ${DEFAULT_CONFIG_PATH})`)
    .option('--url <url>', 'address of the service (or CRYOEM_URL)')
    .option(
      '--token <token>',
      'the token; other users can see command lines, so prefer CRYOEM_TOKEN or the config file',
    );
}

/**
 * Reads the config file only if the options or the environment lack a value.
 * @throws CodedError BAD_CONFIG, UNREACHABLE
 */
export function connectionOf(options: ConnectionOptions, env: NodeJS.ProcessEnv = process.env): Connection {
  const url = options.url ?? env.CRYOEM_URL;
  const token = options.token ?? env.CRYOEM_TOKEN;
  if (url !== undefined && !/^https?:\/\//.test(url))
    throw new CodedError('UNREACHABLE', 'The address must begin with http:// or https://.', { found: url });
  if (url && token) return { url: withoutTrailingSlash(url), token };
  const { api } = loadConfig({ path: options.config, requireFile: true }).settings;
  return { url: withoutTrailingSlash(url ?? httpUrl(api.host, api.port)), token: token ?? api.token };
}

const withoutTrailingSlash = (url: string) => url.replace(/\/+$/, '');
