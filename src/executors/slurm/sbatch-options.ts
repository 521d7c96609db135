import { splitShellWords } from '../../base/shell-words.ts';
import { keyInFile } from '../../contract/config-keys.ts';

const ENVIRONMENT_REASON = `set what the job needs with the key ${keyInFile('slurm.environment')} or [pegasus]`;

/**
 * Options of sbatch that a site must not set, and the reasons. All other options are passed on; sbatch itself
 * checks them. Long options may be abbreviated, as sbatch allows; an abbreviation that could mean one of
 * these options is also refused.
 */
const REFUSED_OPTIONS: Readonly<Record<string, string>> = {
  wrap: 'the service writes the job script',
  array: 'the service creates the job array',
  output: 'the service names the log, and reads it when a job ends early',
  error: 'the service names the log, and reads it when a job ends early',
  input: 'the batch is the only input of a job',
  'open-mode': 'the service names the log',
  chdir: 'the service sets the working directory of the job',
  workdir: 'the service sets the working directory of the job',
  'job-name': 'the service finds its jobs by name',
  export: ENVIRONMENT_REASON,
  'export-file': ENVIRONMENT_REASON,
  'get-user-env': ENVIRONMENT_REASON,
  uid: 'jobs run as the user of the service',
  gid: 'jobs run as the user of the service',
  clusters: 'the service uses one cluster; set SLURM_CONF for another',
  hold: 'a held job never starts',
  wait: 'the service must not wait in sbatch',
  'test-only': 'nothing would be submitted',
  parsable: 'the service sets this option itself',
  quiet: 'the service parses the output of sbatch',
  verbose: 'the service parses the output of sbatch',
  help: 'nothing would be submitted',
  usage: 'nothing would be submitted',
  version: 'nothing would be submitted',
};

const REFUSED_SHORT_OPTIONS: Readonly<Record<string, string>> = {
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

/** Short options of sbatch without a value (sbatch --help); all others take a value. */
const SHORT_FLAGS = new Set('hHkOQsvVW');

/** Long options that take a value only after `=`, or no value (sbatch --help). */
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

/** The sbatch options of a site, in addition to those of the service. */
export interface SiteOptions {
  readonly words: readonly string[];
  /** Names of the long options, as given. */
  readonly names: ReadonlySet<string>;
}

/** @throws Error with one sentence per problem */
export function siteOptions(text: string | null): SiteOptions {
  if (text === null || text.trim() === '') return { words: [], names: new Set() };
  const words = splitShellWords(text);
  const problems: string[] = [];
  const names = new Set<string>();
  let isValue = false;
  for (const word of words) {
    if (isValue) {
      isValue = false;
      continue;
    }
    const option = readOption(word);
    problems.push(...option.problems);
    if (option.name !== null) names.add(option.name);
    isValue = option.takesNextWord;
  }
  if (problems.length > 0) throw new Error(problems.join('; '));
  return { words, names };
}

interface Option {
  /** Name of a long option, as given. */
  readonly name: string | null;
  readonly takesNextWord: boolean;
  readonly problems: readonly string[];
}

function readOption(word: string): Option {
  if (word.startsWith('--') && word.length > 2) return readLongOption(word.slice(2));
  if (word.startsWith('-') && word !== '-' && word !== '--') return readShortOptions(word.slice(1));
  return { name: null, takesNextWord: false, problems: [`"${word}" is not an option of sbatch`] };
}

function readLongOption(text: string): Option {
  const name = text.replace(/=.*/s, '');
  const refusedOption = refusedOptionFor(name);
  const problems = name === '' ? [`"--${text}" is not an option of sbatch`] : [];
  if (name !== '' && refusedOption)
    problems.push(`--${name} is not allowed: ${REFUSED_OPTIONS[refusedOption]}`);
  return { name, takesNextWord: !text.includes('=') && !LONG_FLAGS.has(name), problems };
}

/**
 * Reads the letters after a single dash: flags, and possibly an option whose value is the rest of the letters
 * or the next word.
 */
function readShortOptions(letters: string): Option {
  const problems: string[] = [];
  for (const [i, letter] of [...letters].entries()) {
    const refusedOption = REFUSED_SHORT_OPTIONS[letter];
    if (refusedOption) problems.push(`-${letter} is not allowed: ${REFUSED_OPTIONS[refusedOption]}`);
    if (!SHORT_FLAGS.has(letter)) return { name: null, takesNextWord: i === letters.length - 1, problems };
  }
  return { name: null, takesNextWord: false, problems };
}

function refusedOptionFor(name: string): string | undefined {
  if (name in REFUSED_OPTIONS) return name;
  return LONG_FLAGS.has(name)
    ? undefined
    : Object.keys(REFUSED_OPTIONS).find((option) => option.startsWith(name));
}
