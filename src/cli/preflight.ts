import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { CodedError } from '../contract/errors.ts';
import type { ApiSettings, ServiceSettings } from '../contract/settings.ts';
import { findProgram } from '../pipeline/programs/find-program.ts';

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * Looks at everything that a start needs from the machine.
 * @throws CodedError CANNOT_START that lists all faults, each with its remedy
 */
export async function checkMachine(settings: ServiceSettings): Promise<void> {
  const looks = await lookAtMachine(settings);
  const faults = looks.map(({ fault }) => fault).filter((fault) => fault !== null);
  if (faults.length === 0) return;
  throw new CodedError(
    'CANNOT_START',
    `Correct all of these:\n${faults.map((fault) => `  ${fault}`).join('\n')}\n`,
  );
}

/** One thing that a start needs, and what is wrong with it, with its remedy; null where nothing is. */
export interface Look {
  readonly subject: 'sessions' | 'state' | 'port' | 'programs';
  /** What was looked at. */
  readonly what: string;
  readonly fault: string | null;
}

export async function lookAtMachine(settings: ServiceSettings): Promise<Look[]> {
  const { sessionDir, stateDir, api, programs } = settings;
  return [
    { subject: 'sessions', what: sessionDir, fault: sessionDirFault(sessionDir) },
    { subject: 'state', what: stateDir, fault: stateDirFault(stateDir) },
    { subject: 'port', what: `${api.host}:${api.port}`, fault: await portFault(api) },
    ...programFaults(settings).map((fault) => ({
      ...{
        subject: 'programs' as const,
        what: `${programs.align} aligns, ${programs.ctf} fits the CTF`,
        fault,
      },
    })),
  ];
}

/**
 * Programs that the config names for all sessions must be there. Where workers run on other machines, these are asked, and a movie
 * fails with PROGRAM_MISSING.
 */
function programFaults({ executors, programs }: ServiceSettings): (string | null)[] {
  if (!executors.includes('local')) return [];
  return (['align', 'ctf'] as const).map((step) => {
    const name = programs[step];
    if (name === 'builtin') return null;
    try {
      findProgram(name, programs.paths[name]);
      return null;
    } catch (error) {
      return `the program of ${step} = ${name} in [programs] is missing: install it, set ${name} in [programs] to its path, or ${step} = builtin (${reasonOf(error)})`;
    }
  });
}

function sessionDirFault(path: string): string | null {
  const remedy = 'mount or create it, or correct session_dir in [general]';
  try {
    if (!statSync(path).isDirectory()) return `${path} is not a directory: correct session_dir in [general]`;
    accessSync(path, constants.R_OK | constants.X_OK);
    return null;
  } catch (error) {
    return `the sessions cannot be read: ${remedy} (${reasonOf(error)})`;
  }
}

function stateDirFault(path: string): string | null {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return `${path} cannot be written: give this user the right to, or set state_dir in [general] (${reasonOf(error)})`;
  }
}

/** Tries the address for a moment. Somebody may still take it before we do; then listening says so. */
function portFault({ host, port }: ApiSettings): Promise<string | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(describeListenFault(error, host, port)));
    probe.listen({ host, port }, () => probe.close(() => resolve(null)));
  });
}

function describeListenFault(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is taken: stop what uses it, or set another port in [api] or by --port`;
    case 'EACCES':
      return `port ${port} is for root only: set a port above 1023 in [api] or by --port`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine: correct host in [api]`;
    default:
      return `${host}:${port} cannot be listened on: ${error.message}`;
  }
}
