import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { splitShellWords } from '../../base/shell-words.ts';
import { keyInFile, keyOf } from '../../contract/config-keys.ts';
import { CodedError } from '../../contract/errors.ts';
import type { Finding } from '../executor.ts';
import type { PegasusClient } from './client.ts';
import { commandPath } from './command-path.ts';
import { pathProblem } from './documents.ts';
import { queryHtcondor } from './htcondor.ts';
import type { PegasusSettings } from './settings.ts';

const COMMANDS = [
  'pegasus-plan',
  'pegasus-run',
  'pegasus-status',
  'pegasus-remove',
  'pegasus-analyzer',
  'pegasus-version',
];
const INSTALL = `Install Pegasus 5 and HTCondor on this machine, or set ${keyInFile('pegasus.binDir')}.`;

/**
 * Installation directory of Pegasus, from the path of its commands; the nodes use the same path unless the
 * config file gives another one.
 * @throws CodedError PEGASUS_FAILED if the commands are not found
 */
export async function homeOf(binDir: string | null): Promise<string> {
  const plan = await commandPath(binDir, 'pegasus-plan');
  if (plan === null) throw new CodedError('PEGASUS_FAILED', `pegasus-plan cannot be run here. ${INSTALL}`);
  return dirname(dirname(await realpath(plan)));
}

/** Checks Pegasus on this machine. @returns findings; each problem has its remedy */
export async function checkPegasus(settings: PegasusSettings, client: PegasusClient): Promise<Finding[]> {
  const { binDir, site } = settings;
  const missing: string[] = [];
  for (const name of COMMANDS) if ((await commandPath(binDir, name)) === null) missing.push(name);
  if (missing.length > 0)
    return [
      { subject: 'pegasus', state: 'error', detail: `Not found: ${missing.join(', ')}.`, remedy: INSTALL },
    ];
  const findings: Finding[] = [await versionFinding(client)];
  for (const path of [settings.sessionDir, settings.installDir]) {
    const problem = pathProblem(path);
    if (problem !== null)
      findings.push({
        subject: 'pegasus paths',
        state: 'error',
        detail: `${problem}.`,
        remedy: 'Set a path without such characters in the config file, such as the path of a symbolic link.',
      });
  }
  const options = site.sbatchOptions === null ? [] : splitShellWords(site.sbatchOptions);
  if (options.some((word) => word.startsWith('--exclusive')) && site.memoryMib !== null)
    findings.push({
      subject: 'pegasus memory',
      state: 'warning',
      detail: `With --exclusive, Slurm multiplies ${keyOf('pegasus.memory')} by the number of cores of the node, and may refuse the job.`,
      remedy: `Remove ${keyInFile('pegasus.memory')}, or --exclusive in ${keyOf('sbatchOptions')}.`,
    });
  findings.push(await htcondorFinding(binDir));
  return findings;
}

async function htcondorFinding(binDir: string | null): Promise<Finding> {
  const subject = 'htcondor';
  const result = await queryHtcondor(binDir);
  if (result === null) return { subject, state: 'ok', detail: 'HTCondor responds.', remedy: null };
  if (result === 'missing')
    return {
      subject,
      state: 'error',
      detail: 'condor_q is not in PATH.',
      remedy: 'Install HTCondor with blahp, through which Pegasus reaches Slurm, and add it to PATH.',
    };
  const remedy = 'Start HTCondor (condor_master), and make sure that condor_q works in a shell of this user.';
  return { subject, state: 'error', detail: result.text, remedy };
}

async function versionFinding(client: PegasusClient): Promise<Finding> {
  const subject = 'pegasus';
  try {
    const version = await client.version();
    if (/^5\.\d/.test(version)) return { subject, state: 'ok', detail: `Pegasus ${version}.`, remedy: null };
    return { subject, state: 'error', detail: `Pegasus 5 is required; found ${version}.`, remedy: INSTALL };
  } catch (error) {
    return { subject, state: 'error', detail: messageOf(error), remedy: INSTALL };
  }
}
