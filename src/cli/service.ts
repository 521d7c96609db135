import { join } from 'node:path';
import type { Logger } from 'pino';
import type { ParameterValues } from '../contract/parameters.ts';
import type { ServiceSettings } from '../contract/settings.ts';
import { createHttpServer } from '../http/server.ts';
import { createSessionService } from '../sessions/create-service.ts';
import { createExecutors } from './executors.ts';
import { PACKAGE, WEB_ROOT } from './package-info.ts';
import { checkMachine } from './preflight.ts';

export interface ServiceOptions {
  readonly settings: ServiceSettings;
  readonly logger: Logger;
  /** Values of parameters that are not given when a session is started. */
  readonly parameterDefaults?: Partial<ParameterValues> | undefined;
  /** Directory of the built page; default: that of this package. */
  readonly webRoot?: string | undefined;
}

export interface RunningService {
  /** Such as `http://127.0.0.1:8112`. */
  readonly address: string;
  /** Link that logs in to the page; valid once, and for ten minutes. */
  loginLink(): string;
  /** Folders in which a file call hangs. If there are any, this process cannot end by itself. */
  stuckFolders(): readonly string[];
  /** Ends live streams and requests, then sessions, then workers. */
  close(): Promise<void>;
}

/**
 * Creates and starts the parts, the inner layers first. If a part fails, the earlier parts are closed again.
 * @throws CodedError CANNOT_START with every problem of the machine and its remedy
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { settings, logger } = options;
  await checkMachine(settings);

  const opened: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const part of opened.splice(0).reverse()) await part.close();
  };
  try {
    const executors = createExecutors(settings);
    opened.push({ close: () => executors.release() });
    const sessions = await createSessionService({ settings, executors, logger });
    opened.push(sessions);
    const http = await createHttpServer({
      api: settings.api,
      sessions,
      logger,
      version: PACKAGE.version,
      webRoot: options.webRoot ?? WEB_ROOT,
      endedLogins: join(settings.stateDir, 'ended-logins'),
      parameterDefaults: withPrograms(settings, options.parameterDefaults),
    });
    opened.push(http);
    const address = await http.listen();
    logger.info(
      { address, executors: executors.all.map(({ name, slots }) => ({ name, slots })) },
      'the service is running',
    );
    return {
      address,
      loginLink: () => address + http.createLoginLink(),
      stuckFolders: () => sessions.stuck().map(({ folder }) => folder),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** If no program is given when a session is started, that of the config file is used; the form shows it. */
function withPrograms(
  { programs }: ServiceSettings,
  defaults: Partial<ParameterValues> = {},
): Partial<ParameterValues> {
  return {
    ...(programs.align === 'builtin' ? {} : { align_program: programs.align }),
    ...(programs.ctf === 'builtin' ? {} : { ctf_program: programs.ctf }),
    ...defaults,
  };
}
