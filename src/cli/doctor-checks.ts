import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { httpUrl } from '../base/host-port.ts';
import type { SessionKey } from '../contract/api.ts';
import { CodedError } from '../contract/errors.ts';
import type { ApiSettings, ServiceSettings } from '../contract/settings.ts';
import type { Finding } from '../executors/executor.ts';
import { findSessions } from '../sessions/discovery/find-sessions.ts';
import { keyText, pathsOf } from '../sessions/names.ts';
import { type LoadedConfig, loadConfig } from './config.ts';
import { createExecutors } from './executors.ts';
import { WEB_ROOT } from './package-info.ts';
import { lookAtMachine } from './preflight.ts';

const GIB = 1024 ** 3;
/** A session of a night takes some hundred GiB: below this a day's work is in doubt, below the other any. */
const LOW_BYTES = 100 * GIB;
const NO_BYTES = GIB;
const ANSWER_MS = 2000;

/** File systems of the network, by the numbers that statfs gives them (linux/magic.h). */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x00c36400, 'Ceph'],
]);

const well = (subject: string, detail: string): Finding => ({ subject, state: 'well', detail, remedy: null });
const warning = (subject: string, detail: string, remedy: string): Finding => ({
  ...{ subject, state: 'warning', detail, remedy },
});
const fault = (subject: string, detail: string, remedy: string): Finding => ({
  ...{ subject, state: 'fault', detail, remedy },
});

/** Everything that the service stands on, one finding each. Nothing is changed, but a state directory that is missing is made. */
export async function examine(configPath: string | undefined): Promise<Finding[]> {
  let loaded: LoadedConfig;
  try {
    loaded = loadConfig({ path: configPath, requireFile: true });
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return [fault('config', error.message.trimEnd(), 'correct every line named; all else waits for it')];
  }
  const { settings, source, warnings } = loaded;
  const { sessionDir, stateDir } = settings;
  return [
    well('config', `${source} is understood`),
    ...warnings.map((text) => warning('config', text, `correct ${source}`)),
    ...(await machine(settings)),
    ...(await disk('disk of the sessions', sessionDir)),
    ...(await disk('disk of the state', stateDir)),
    ...(await ledgerPlace(stateDir)),
    ...rights(sessionDir),
    page(),
    ...(await executors(settings)),
  ];
}

/** What a start looks at too. A port that our own service has taken is as it should be. */
async function machine(settings: ServiceSettings): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { subject, what, fault: text } of await lookAtMachine(settings)) {
    if (text === null) findings.push(well(subject, what));
    else if (subject === 'port' && (await isOurs(settings.api)))
      findings.push(well(subject, `the service runs on ${what}`));
    else findings.push(fault(subject, text, 'as it says'));
  }
  return findings;
}

async function isOurs({ host, port }: ApiSettings): Promise<boolean> {
  try {
    const answer = await fetch(`${httpUrl(host, port)}/readyz`, { signal: AbortSignal.timeout(ANSWER_MS) });
    return answer.status === 200 || answer.status === 503;
  } catch {
    return false; // something else that does not speak HTTP
  }
}

async function disk(subject: string, path: string): Promise<Finding[]> {
  const there = nearest(path);
  const { bavail, bsize, blocks } = await statfs(there);
  const free = bavail * bsize;
  const detail = `${(free / GIB).toFixed(1)} GiB of ${((blocks * bsize) / GIB).toFixed(1)} GiB are free at ${path}`;
  if (free < NO_BYTES) return [fault(subject, detail, 'free space: processing waits for it')];
  if (free < LOW_BYTES && subject.endsWith('sessions'))
    return [warning(subject, detail, 'free space before a long session')];
  return [well(subject, detail)];
}

/** SQLite's locks do not hold over the network. */
async function ledgerPlace(stateDir: string): Promise<Finding[]> {
  const { type } = await statfs(nearest(stateDir));
  const network = NETWORK_TYPES.get(type >>> 0);
  if (!network) return [];
  return [fault('state', `${stateDir} lies on ${network}`, 'set state_dir in [general] to a local disk')];
}

/** The folder itself, or the one above it that exists. */
function nearest(path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** Of every session: raw can be read, and the folder takes outputs. */
function rights(sessionDir: string): Finding[] {
  const { sessions, unreadable } = findSessions(sessionDir);
  const may = (path: string, mode: number) => {
    try {
      accessSync(path, mode);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT'; // it comes, or is made
    }
  };
  const { R_OK, W_OK, X_OK } = constants;
  const cannotRead = sessions.filter((key) => !may(pathsOf(sessionDir, key).raw, R_OK | X_OK));
  const cannotWrite = sessions.filter((key) => {
    const { root, processed, workflow, results } = pathsOf(sessionDir, key);
    return [root, processed, workflow, results].some((path) => !may(path, W_OK | X_OK));
  });
  const user = process.getuid?.() ?? 'this user';
  const named = (keys: readonly SessionKey[]) =>
    keys.slice(0, 5).map(keyText).join(', ') + (keys.length > 5 ? ` and ${keys.length - 5} more` : '');
  return [
    ...(cannotRead.length > 0
      ? [
          fault(
            'rights',
            `raw cannot be read: ${named(cannotRead)}`,
            `give user ${user} the right to read raw and all below it`,
          ),
        ]
      : []),
    ...(cannotWrite.length > 0
      ? [
          fault(
            'rights',
            `outputs cannot be written: ${named(cannotWrite)}`,
            `give user ${user} the right to write the session folder, and processed and workflow in it`,
          ),
        ]
      : []),
    ...unreadable.map((path) => fault('rights', `${path} cannot be read`, `give user ${user} the right to`)),
    ...(cannotRead.length + cannotWrite.length + unreadable.length === 0
      ? [well('rights', `${sessions.length} sessions can be read and written`)]
      : []),
  ];
}

const page = (): Finding =>
  existsSync(WEB_ROOT)
    ? well('page', 'the page is built')
    : warning('page', 'the page is not built: the service answers programs only', 'npm run web');

async function executors(settings: ServiceSettings): Promise<Finding[]> {
  try {
    const all = createExecutors(settings);
    const findings = await Promise.all(all.all.map((executor) => executor.check()));
    await all.release();
    return findings.flat();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return [fault('executors', error.message, 'correct the config file')];
  }
}
