import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./stand-in.mjs', import.meta.url));
const COMMANDS = ['version', 'plan', 'run', 'remove', 'status', 'analyzer'];

/** A folder with stand-ins for the commands of Pegasus; see stand-in.mjs. */
export interface StandIn {
  readonly binDirectory: string;
  /** Names of the commands that were called, in order. */
  calls(): string[];
  remove(): void;
}

/** @param environment - `STAND_IN_*` environment variables for the commands */
export function installStandIn(environment: Readonly<Record<string, string>> = {}): StandIn {
  const home = mkdtempSync(join(tmpdir(), 'cryoem-pegasus-stand-in-'));
  const log = join(home, 'calls');
  writeFileSync(log, '');
  const assignments = Object.entries(environment).map(([name, value]) => `export ${name}='${value}'\n`);
  for (const name of COMMANDS.map((command) => `pegasus-${command}`))
    writeFileSync(
      join(home, name),
      `#!/bin/sh\necho ${name} >> '${log}'\n${assignments.join('')}exec '${process.execPath}' '${SCRIPT}' ${name} "$@"\n`,
      { mode: 0o755 },
    );
  return {
    binDirectory: home,
    calls: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Folders of workflows below a folder. */
export const workflowFolders = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('workflow.yml'))
    .map((name) => join(folder, name, '..'));
