import { splitShellWords } from '../../base/shell-words.ts';

/**
 * Options of sbatch that a site may not give, and why. The rest is passed on: sbatch itself knows best what it takes.
 * Long options may be shortened, as sbatch allows it; a shortened name that could be one of these is refused too.
 */
const REFUSED: Readonly<Record<string, string>> = {
  wrap: 'the service writes the script of the job',
  array: 'the service makes the array',
  output: 'the service names the log, and reads it when a job ends early',
  error: 'the service names the log, and reads it when a job ends early',
  input: 'a job has no input but its batch',
  'open-mode': 'the service names the log',
  chdir: 'the service sets the folder of the job',
  workdir: 'the service sets the folder of the job',
  'job-name': 'the service finds its jobs again by their name',
  export: 'put what the job needs into environment of [slurm] or [pegasus]',
  'export-file': 'put what the job needs into environment of [slurm] or [pegasus]',
  'get-user-env': 'put what the job needs into environment of [slurm] or [pegasus]',
  uid: 'jobs run as the user of the service',
  gid: 'jobs run as the user of the service',
  clusters: 'the service speaks with one cluster; set SLURM_CONF for another',
  hold: 'a job that is held never starts',
  wait: 'the service must not wait in sbatch',
  'test-only': 'nothing would be submitted',
  parsable: 'the service sets it itself',
  quiet: 'the service reads what sbatch says',
  verbose: 'the service reads what sbatch says',
  help: 'nothing would be submitted',
  usage: 'nothing would be submitted',
  version: 'nothing would be submitted',
};

const SHORT_REFUSED: Readonly<Record<string, string>> = {
  a: 'array',
  o: 'output',
  e: 'error',
  i: 'input',
  D: 'chdir',
  J: 'job-name',
  M: 'clusters',
  H: 'hold',
  W: 'wait',
  Q: 'quiet',
  v: 'verbose',
  h: 'help',
  V: 'version',
};

/** Short options of sbatch without a value (sbatch --help); all others take one. */
const SHORT_FLAGS = new Set('hHkOQsvVW');

/** Long options that take their value only after `=`, or none at all (sbatch --help). */
const LONG_FLAGS = new Set([
  'contiguous',
  'exclusive',
  'ignore-pbs',
  'nice',
  'no-kill',
  'no-requeue',
  'overcommit',
  'oversubscribe',
  'propagate',
  'reboot',
  'requeue',
  'share',
  'spread-job',
  'use-min-nodes',
]);

/** What `glite_arguments` says, as arguments of sbatch. */
export interface SiteOptions {
  readonly words: readonly string[];
  /** Names of its long options, as given. */
  readonly names: ReadonlySet<string>;
}

/** @throws Error with one sentence per fault */
export function siteOptions(text: string | null): SiteOptions {
  if (text === null || text.trim() === '') return { words: [], names: new Set() };
  const words = splitShellWords(text);
  const faults: string[] = [];
  const names = new Set<string>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word.startsWith('--') && word.length > 2) {
      const name = word.slice(2).split('=', 1)[0]!;
      names.add(name);
      const refused = refusedAs(name);
      if (name === '') faults.push(`"${word}" is no option of sbatch`);
      else if (refused) faults.push(`--${name} is not taken: ${REFUSED[refused]}`);
      if (!word.includes('=') && !LONG_FLAGS.has(name)) i++; // the next word is its value
    } else if (word.startsWith('-') && word !== '-' && word !== '--') i += takeShort(word.slice(1), faults);
    else faults.push(`"${word}" is no option of sbatch`);
  }
  if (faults.length > 0) throw new Error(faults.join('; '));
  return { words, names };
}

/** @returns how many further words belong to it */
function takeShort(letters: string, faults: string[]): number {
  for (const [i, letter] of [...letters].entries()) {
    const refused = SHORT_REFUSED[letter];
    if (refused) faults.push(`-${letter} is not taken: ${REFUSED[refused]}`);
    if (!SHORT_FLAGS.has(letter)) return i === letters.length - 1 ? 1 : 0;
  }
  return 0;
}

function refusedAs(name: string): string | undefined {
  if (name in REFUSED) return name;
  return LONG_FLAGS.has(name) ? undefined : Object.keys(REFUSED).find((one) => one.startsWith(name));
}
