import { mkdir, realpath } from 'node:fs/promises';
import { Command } from 'commander';
import { type Batch, EXIT_INTERRUPTED, EXIT_UNRECORDED, JOB_LOCATION_VARIABLE } from '../contract/batch.ts';
import { CodedError } from '../contract/errors.ts';
import { PARAMETER_TABLE } from '../contract/parameters.ts';
import { PROGRAM_TABLE } from '../contract/programs.ts';
import { type JobLocation, jobLocationSchema } from '../contract/record.ts';
import { enginePictures } from '../pipeline/pictures.ts';
import { allPrograms } from '../pipeline/programs/registry.ts';
import { type BatchSummary, runBatch } from '../pipeline/run-batch.ts';
import { createHeartbeatSender } from './heartbeat.ts';
import { listenForInterruption } from './interruption.ts';
import { PACKAGE } from './package-info.ts';
import { addParameterFlags } from './parameter-flags.ts';
import { batchFromFile, batchFromFlags, UsageErrors } from './process-batch.ts';
import { createReporter } from './process-report.ts';

const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  unrecorded: EXIT_UNRECORDED,
  interrupted: EXIT_INTERRUPTED,
} as const;

/** Codes of errors in the arguments or in the batch. */
const ARGUMENT_ERRORS: ReadonlySet<string> = new Set(['BAD_PARAMETERS', 'UNSAFE_DIRECTORY']);

const HELP = `
Two forms:
  cryoem process BATCH.json             a batch file as the service writes it (workflow/cycle-*/batch-*.json)
  cryoem process MOVIE... --out DIR     the given movies; --apix and --kev are required

Outputs for X_fractions.tiff, in DIR: X.mrc, X_DW.mrc (if a dose is given), X.ctf, X_ctffind.txt, X.star, X_thumb.jpg,
X_ctf.jpg, X_combined.jpg, X_gain.jpg (if there is a gain reference), X_align.log (if an external program aligns),
X_EVN.mrc and X_ODD.mrc or X_DW_EVN.mrc and X_DW_ODD.mrc (with --even-odd) and, last, the record results/X.json. Movies
that are already done with the same parameters are skipped. A gain reference is not searched for: give it with --gain.
The config file is not read: the built-in programs are used unless --align-program or --ctf-program is given.

Example:
  cryoem process raw/*.tiff --out processed --apix 0.813 --fmdose 1.224 --kev 300 --gain raw/K3_gain.tiff

Exit codes: 0 all movies are done, 1 some failed (see their records), 2 incorrect usage,
4 results cannot be written (disk full, no permission), 130 interrupted.`;

/** `cryoem process`: the worker, which users can also run directly. */
export function processCommand(): Command {
  const command = new Command('process')
    .description('Corrects the motion and estimates the CTF of movies.')
    .argument('<inputs...>', 'one BATCH.json, or movies')
    .option('--out <dir>', 'directory for the outputs')
    .option('--gain <file>', 'gain reference (the same as --rawgainref)')
    .option('--align-arguments <text>', 'additional arguments for the program that corrects the motion')
    .option('--threads <n>', 'threads per movie (default 1)')
    .option('--json', 'print the record of each movie as one line of JSON')
    .option('--follow-stdin', 'stop when standard input closes, as it does when the service ends')
    .addHelpText('after', HELP)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage));
  for (const { kind, name, pathDescription, command: defaultCommand } of PROGRAM_TABLE)
    command.option(
      `--${name} <file>`,
      `${pathDescription}, for --${kind}-program ${name} (default: ${defaultCommand} in PATH)`,
    );
  addParameterFlags(command, processParameters(), { takesFilePaths: true });
  return command.action(async (inputs: string[], flags: Record<string, string | boolean>) => {
    process.exitCode = await run(inputs, flags);
  });
}

async function run(inputs: string[], flags: Record<string, string | boolean>): Promise<number> {
  const interruption = listenForInterruption({ followStdin: flags.followStdin === true });
  const sendHeartbeat = createHeartbeatSender(process.env);
  sendHeartbeat();
  try {
    const batch = await batchOf(inputs, flags);
    const version = PACKAGE.version;
    const programs = allPrograms(version, batch.programs);
    const jobLocation = jobLocationOf(process.env);
    const tools = {
      programs,
      pictures: enginePictures,
      serviceVersion: version,
      ...(jobLocation ? { jobLocation } : {}),
    };
    const mode = flags.json === true ? 'json' : flags.followStdin === true ? 'log' : 'text';
    const reporter = createReporter(batch, mode);
    const summary = await runBatch(batch, tools, {
      signal: interruption.signal,
      onHeartbeat: sendHeartbeat,
      onMovie: reporter.onMovie,
      onProgress(movie, fraction) {
        sendHeartbeat();
        reporter.onProgress(movie, fraction);
      },
    });
    reporter.end(summary);
    return exitCodeOf(summary);
  } catch (error) {
    if (error instanceof UsageErrors || (error instanceof CodedError && ARGUMENT_ERRORS.has(error.code))) {
      process.stderr.write(`${error.message}\n(see cryoem process --help)\n`);
      return EXIT.usage;
    }
    throw error;
  } finally {
    interruption.release();
  }
}

async function batchOf(inputs: string[], flags: Record<string, string | boolean>): Promise<Batch> {
  const [first = '', ...others] = inputs;
  if (others.length === 0 && first.endsWith('.json')) return batchFromFile(first, flags);
  const batch = batchFromFlags(inputs, flags);
  // If the directory cannot be created, the result of the first movie contains the reason.
  await mkdir(batch.processedDir, { recursive: true }).catch(() => undefined);
  // A user may give the directory as a link; from here on, no links are followed.
  const processedDir = await realpath(batch.processedDir).catch(() => batch.processedDir);
  return { ...batch, processedDir };
}

/** Location of the job in which this worker runs, as set by the cluster executor. */
function jobLocationOf(env: NodeJS.ProcessEnv): JobLocation | null {
  return env[JOB_LOCATION_VARIABLE] ? jobLocationSchema.parse(JSON.parse(env[JOB_LOCATION_VARIABLE])) : null;
}

const exitCodeOf = (summary: BatchSummary): number =>
  summary.interrupted
    ? EXIT.interrupted
    : summary.unrecorded
      ? EXIT.unrecorded
      : summary.failed > 0
        ? EXIT.failed
        : EXIT.ok;

/**
 * Excludes the parameters of discovery and of executors: this command does not search for movies, and
 * processes them itself.
 */
const processParameters = () =>
  PARAMETER_TABLE.filter((p) => p.affects !== 'discovery' && p.affects !== 'executor');
