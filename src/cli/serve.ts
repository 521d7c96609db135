import { Command } from 'commander';
import { DEFAULT_CONFIG_PATH, loadConfig } from './config.ts';
import { reportingErrors } from './exit.ts';
import { createLogger } from './logger.ts';
import { portNumber } from './option-values.ts';
import type { ConfigOverrides } from './raw-config.ts';
import { onStopSignals } from './stop-signals.ts';

const HELP = `
Settings come from the config file (docs/config.md); --host and --port take precedence. Logs are JSON lines on standard
output. SIGTERM or Ctrl-C stops the service gracefully, a second one at once: movies that were being processed are then
processed again after the next start.

Exit codes: 0 stopped gracefully, 1 it cannot start (all errors are listed), 2 incorrect usage, 130 stopped at once.`;

/** Time limit for stopping; systemd waits for 60 s (deploy/cryoem.service). */
const CLOSE_MS = 45_000;

interface ServeOptions {
  config?: string;
  host?: string;
  port?: number;
}

/** `cryoem serve`: the service in the foreground, for systemd and for users. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Runs the service: watches sessions, processes movies, serves the page.')
    .option('--config <file>', `config file (default ${DEFAULT_CONFIG_PATH})`)
    .option('--host <address>', 'address to listen on, instead of host in [api]')
    .option('--port <number>', 'port to listen on, instead of port in [api]; 0: any free port', portNumber)
    .addHelpText('after', HELP)
    .action(reportingErrors(serve));
}

async function serve(options: ServeOptions): Promise<void> {
  const { settings, parameterDefaults, warnings, source } = loadConfig({
    path: options.config,
    requireFile: true,
    overrides: overridesOf(options),
  });
  const logger = createLogger(settings.isDebug ? 'debug' : 'info');
  process.on('uncaughtException', (error) => {
    logger.fatal({ error }, 'unexpected error: the service stops');
    process.exit(1);
  });
  for (const warning of warnings) logger.warn({ file: source }, warning);

  // Imported here, so that the many workers (`cryoem process`) do not load the HTTP server.
  const { startService } = await import('./service.ts');
  const service = await startService({ settings, logger, parameterDefaults });
  // On standard error, so that a stored log contains no login link.
  process.stderr.write(`CryoEM Service: ${service.address}\n`);
  if (process.stderr.isTTY)
    process.stderr.write(`Login link (valid once, for ten minutes): ${service.loginLink()}\n`);

  const { promise: stopped, resolve: stop } = Promise.withResolvers<NodeJS.Signals>();
  const stopListening = onStopSignals(stop, () => exitAtOnce(service.stuckFolders().length > 0));
  logger.info({ signal: await stopped }, 'the service is stopping');
  const isClosed = await finishesWithin(service.close(), CLOSE_MS);
  stopListening();
  const folders = service.stuckFolders();
  if (isClosed && folders.length === 0) {
    logger.info('the service has stopped');
    return;
  }
  logger.warn({ folders }, 'the service stops although some file calls do not return');
  killThisProcess();
}

/** @returns whether the work was done within the time */
async function finishesWithin(work: Promise<void>, timeMs: number): Promise<boolean> {
  const timeout = Promise.withResolvers<false>();
  const timer = setTimeout(() => timeout.resolve(false), timeMs);
  try {
    return await Promise.race([work.then(() => true), timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** `process.exit` waits for threads, and never returns if one of them hangs in a file call. */
const killThisProcess = () => process.kill(process.pid, 'SIGKILL');

function overridesOf({ host, port }: ServeOptions): ConfigOverrides {
  return { api: { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) } };
}

/** Workers stop by themselves when the service has ended. */
function exitAtOnce(isStuck: boolean): void {
  if (isStuck) killThisProcess();
  else process.exit(130);
}
