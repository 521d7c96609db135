import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { httpUrl } from '../base/host-port.ts';
import { isMissingFile } from '../base/missing-file.ts';
import type { SessionKey } from '../contract/api.ts';
import { CodedError } from '../contract/errors.ts';
import type { ApiSettings, ServiceSettings } from '../contract/settings.ts';
import type { Finding } from '../executors/executor.ts';
import { findSessions, unusableText } from '../sessions/discovery/find-sessions.ts';
import { keyText, pathsOf } from '../sessions/names.ts';
import { type LoadedConfig, loadConfig } from './config.ts';
import { createExecutors } from './executors.ts';
import { WEB_ROOT } from './package-info.ts';
import { checkMachineParts, type MachineCheck } from './preflight.ts';

const GIB = 1024 ** 3;
/** An overnight session needs a few hundred GiB; warn below this. */
const LOW_DISK_BYTES = 100 * GIB;
/** Less than this is not enough for the outputs of a few movies: an error. */
const MIN_DISK_BYTES = GIB;
const RESPONSE_TIMEOUT_MS = 2000;

/** Network file systems by their type number in statfs (linux/magic.h). */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x00c36400, 'Ceph'],
]);

const passed = (subject: string, detail: string): Finding => ({ subject, state: 'ok', detail, remedy: null });

function warning(subject: string, detail: string, remedy: string): Finding {
  return { subject, state: 'warning', detail, remedy };
}

function failure(subject: string, detail: string, remedy: string): Finding {
  return { subject, state: 'error', detail, remedy };
}

/**
 * Checks everything that the service needs. Changes nothing, except that a missing state directory is
 * created.
 */
export async function examine(configPath: string | undefined): Promise<Finding[]> {
  let loaded: LoadedConfig;
  try {
    loaded = loadConfig({ path: configPath, requireFile: true });
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return [
      failure(
        'config',
        error.message.trimEnd(),
        'correct all listed lines; the other checks need a valid config file',
      ),
    ];
  }
  const { settings, source, warnings } = loaded;
  const { sessionDir, stateDir } = settings;
  return withoutDuplicates([
    passed('config', `${source} is valid`),
    ...warnings.map((text) => warning('config', text, `correct ${source}`)),
    ...(await checkMachine(settings)),
    ...(await checkDisk('disk with the sessions', sessionDir)),
    ...(await checkDisk('disk with the state', stateDir)),
    ...(await checkStateFileSystem(stateDir)),
    ...checkPermissions(sessionDir),
    ...checkFolderNames(sessionDir),
    checkPage(),
    ...(await checkExecutors(settings)),
  ]);
}

/** Two executors may find the same problem, for example in settings that they share. */
function withoutDuplicates(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}

const MACHINE_REMEDIES: Readonly<Record<MachineCheck['subject'], string>> = {
  sessions: 'correct session_dir in [general], or mount or create the directory',
  state: 'correct state_dir in [general], or the permissions of the directory',
  port: 'correct host or port in [api]',
  programs: 'install the program, or correct [programs]',
};

/**
 * Repeats the checks that are made when the service starts. A port that this service itself uses is not a
 * problem.
 */
async function checkMachine(settings: ServiceSettings): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { subject, target, problem: text } of await checkMachineParts(settings)) {
    if (text === null) findings.push(passed(subject, target));
    else if (subject === 'port' && (await isCryoemService(settings.api)))
      findings.push(passed(subject, `the service is running on ${target}`));
    else findings.push(failure(subject, text, MACHINE_REMEDIES[subject]));
  }
  return findings;
}

async function isCryoemService({ host, port }: ApiSettings): Promise<boolean> {
  try {
    const response = await fetch(`${httpUrl(host, port)}/readyz`, {
      signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
    });
    return response.status === 200 || response.status === 503;
  } catch {
    return false; // not an HTTP server
  }
}

async function checkDisk(subject: string, path: string): Promise<Finding[]> {
  const { bavail, bsize, blocks } = await statfs(closestExistingDirectory(path));
  const free = bavail * bsize;
  const detail = `${(free / GIB).toFixed(1)} GiB of ${((blocks * bsize) / GIB).toFixed(1)} GiB are free on the disk of ${path}`;
  if (free < MIN_DISK_BYTES)
    return [failure(subject, detail, 'make space on the disk: processing cannot continue without it')];
  if (free < LOW_DISK_BYTES && subject.endsWith('sessions'))
    return [warning(subject, detail, 'make space on the disk before a long session')];
  return [passed(subject, detail)];
}

/** SQLite's locks are not reliable on network file systems. */
async function checkStateFileSystem(stateDir: string): Promise<Finding[]> {
  const { type } = await statfs(closestExistingDirectory(stateDir));
  const network = NETWORK_TYPES.get(type >>> 0);
  if (!network) return [];
  return [failure('state', `${stateDir} is on ${network}`, 'set state_dir in [general] to a local disk')];
}

/** The directory itself, or its closest ancestor that exists. */
function closestExistingDirectory(path: string): string {
  let directory = path;
  while (!existsSync(directory) && dirname(directory) !== directory) directory = dirname(directory);
  return directory;
}

/** Folders at the position of a project, user or session folder that cannot be used as one. */
const checkFolderNames = (sessionDir: string): Finding[] =>
  findSessions(sessionDir).unusable.map((folder) =>
    warning('sessions', `${folder.path} cannot be used`, unusableText(folder)),
  );

/** Checks for every session that raw can be read and outputs can be written. */
function checkPermissions(sessionDir: string): Finding[] {
  const { sessions, unreadable } = findSessions(sessionDir);
  const hasAccess = (path: string, mode: number) => {
    try {
      accessSync(path, mode);
      return true;
    } catch (error) {
      return isMissingFile(error); // the service creates a missing directory
    }
  };
  const { R_OK, W_OK, X_OK } = constants;
  const cannotRead = sessions.filter((key) => !hasAccess(pathsOf(sessionDir, key).raw, R_OK | X_OK));
  const cannotWrite = sessions.filter((key) => {
    const { root, processed, workflow, results } = pathsOf(sessionDir, key);
    return [root, processed, workflow, results].some((path) => !hasAccess(path, W_OK | X_OK));
  });
  const user = process.getuid?.() ?? 'this user';
  const namesOf = (keys: readonly SessionKey[]) =>
    keys.slice(0, 5).map(keyText).join(', ') + (keys.length > 5 ? ` and ${keys.length - 5} more` : '');
  return [
    ...(cannotRead.length > 0
      ? [
          failure(
            'permissions',
            `raw cannot be read: ${namesOf(cannotRead)}`,
            `give user ${user} read permission for raw and everything in it`,
          ),
        ]
      : []),
    ...(cannotWrite.length > 0
      ? [
          failure(
            'permissions',
            `outputs cannot be written: ${namesOf(cannotWrite)}`,
            `give user ${user} write permission for the session directory, and for processed and workflow in it`,
          ),
        ]
      : []),
    ...unreadable.map((path) =>
      failure('permissions', `${path} cannot be read`, `give user ${user} read permission`),
    ),
    ...(cannotRead.length + cannotWrite.length + unreadable.length === 0
      ? [passed('permissions', `sessions checked: ${sessions.length}; all can be read and written`)]
      : []),
  ];
}

const checkPage = (): Finding =>
  existsSync(WEB_ROOT)
    ? passed('page', 'the page is built')
    : warning('page', 'the page is not built: only the HTTP API is available', 'npm run web');

async function checkExecutors(settings: ServiceSettings): Promise<Finding[]> {
  try {
    const executors = createExecutors(settings);
    const findings = await Promise.all(executors.all.map((executor) => executor.check()));
    await executors.release();
    return findings.flat();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return [failure('executors', error.message, 'correct the config file')];
  }
}
