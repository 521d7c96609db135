import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { messageOf } from '../base/errors.ts';
import { CodedError } from '../contract/errors.ts';
import type { ApiSettings, ServiceSettings } from '../contract/settings.ts';
import { findProgram } from '../pipeline/programs/find-program.ts';

/**
 * Checks everything on this machine that the service needs in order to start.
 * @throws CodedError CANNOT_START that lists all problems, each with its remedy
 */
export async function checkMachine(settings: ServiceSettings): Promise<void> {
  const checks = await checkMachineParts(settings);
  const problems = checks.map(({ problem }) => problem).filter((problem) => problem !== null);
  if (problems.length === 0) return;
  throw new CodedError(
    'CANNOT_START',
    `Correct all of these:\n${problems.map((problem) => `  ${problem}`).join('\n')}\n`,
  );
}

/** The check of one requirement. */
export interface MachineCheck {
  readonly subject: 'sessions' | 'state' | 'port' | 'programs';
  /** What was checked. */
  readonly target: string;
  /** The problem and its remedy; null if the requirement is met. */
  readonly problem: string | null;
}

export async function checkMachineParts(settings: ServiceSettings): Promise<MachineCheck[]> {
  const { sessionDir, stateDir, api } = settings;
  return [
    { subject: 'sessions', target: sessionDir, problem: sessionDirProblem(sessionDir) },
    { subject: 'state', target: stateDir, problem: stateDirProblem(stateDir) },
    { subject: 'port', target: `${api.host}:${api.port}`, problem: await portProblem(api) },
    ...programChecks(settings),
  ];
}

/**
 * Programs that the config file selects must exist. If workers run on other machines, they check this
 * themselves, and a movie fails with PROGRAM_MISSING.
 */
function programChecks({ executors, programs }: ServiceSettings): MachineCheck[] {
  if (!executors.includes('local')) return [];
  const tasks = { align: 'corrects the motion', ctf: 'estimates the CTF' };
  return (['align', 'ctf'] as const).map((step) => {
    const name = programs[step];
    const check = { subject: 'programs', target: `${name} ${tasks[step]}` } as const;
    if (name === 'builtin') return { ...check, problem: null };
    try {
      findProgram(name, programs.paths[name]);
      return { ...check, problem: null };
    } catch (error) {
      const problem = `the program for ${step} = ${name} in [programs] is missing: install it, set ${name} in [programs] to its path, or ${step} = builtin (${messageOf(error)})`;
      return { ...check, problem };
    }
  });
}

function sessionDirProblem(path: string): string | null {
  const remedy = 'mount or create it, or correct session_dir in [general]';
  try {
    if (!statSync(path).isDirectory()) return `${path} is not a directory: correct session_dir in [general]`;
    accessSync(path, constants.R_OK | constants.X_OK);
    return null;
  } catch (error) {
    return `${path} cannot be read: ${remedy} (${messageOf(error)})`;
  }
}

function stateDirProblem(path: string): string | null {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return `${path} cannot be written: give this user write permission, or set state_dir in [general] (${messageOf(error)})`;
  }
}

/**
 * Listens briefly. If another program takes the port afterwards, the service fails when it starts to listen.
 */
function portProblem({ host, port }: ApiSettings): Promise<string | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(describeListenError(error, host, port)));
    probe.listen({ host, port }, () => probe.close(() => resolve(null)));
  });
}

function describeListenError(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is in use: stop the program that uses it, or set another port in [api] or with --port`;
    case 'EACCES':
      return `port ${port} is reserved for root: set a port above 1023 in [api] or with --port`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine: correct host in [api]`;
    default:
      return `cannot listen on ${host}:${port}: ${error.message}`;
  }
}
