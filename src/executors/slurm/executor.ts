import { join } from 'node:path';
import { ClusterExecutor } from '../core/cluster-executor.ts';
import type {
  CancelTarget,
  Job,
  JobGroup,
  JobReport,
  JobView,
  PollResult,
  Refusal,
  SchedulerDriver,
  SubmitResult,
} from '../core/driver.ts';
import { jobPrefix, logName, tokenLayout } from '../core/group-folder.ts';
import { sessionToken } from '../core/session-token.ts';
import type { Executor } from '../executor.ts';
import { checkSlurm, slurmVersion } from './check.ts';
import { runSlurm, type SlurmCommand } from './commands.ts';
import { hasComment, jobScript, SCRIPT } from './job-script.ts';
import { parseAccounting, parseQueue, reportOf, SACCT_FORMAT, SQUEUE_ARGUMENTS } from './queue.ts';
import { type SlurmSettings, sbatchArguments } from './settings.ts';
import { stuckText } from './states.ts';

const SLURM = 'slurm';
/** Jobs of the service are not older than this; by default, sacct shows only jobs of the current day. */
const LOOK_BACK = 'now-30days';
/** Maximum number of job ids in one scancel command. */
const MAX_IDS = 500;

/**
 * Runs batches as tasks of job arrays. See README.md.
 * @throws Error if options of the site cannot be used
 */
export function createSlurmExecutor(settings: SlurmSettings): Executor {
  const { maxJobs, batchesPerJob } = settings;
  const slots = maxJobs * batchesPerJob;
  return new ClusterExecutor(new SlurmDriver(settings), {
    ...settings,
    slots,
    maxInFlight: slots,
    batchesPerCycle: 1,
  });
}

/** A group is a job array with the name of the group, and a job is one task of the array. */
class SlurmDriver implements SchedulerDriver {
  readonly name = SLURM;
  readonly title = 'Slurm';
  readonly layout;
  /** Messages of slurmstepd, from its accounting plugin or the kernel's cgroup. */
  readonly outOfMemory = /exceeded (job |step )?memory limit|oom[-_ ]kill|out of memory/i;
  private readonly settings: SlurmSettings;
  private readonly prefix: string;
  private readonly user = String(process.getuid?.() ?? '');

  constructor(settings: SlurmSettings) {
    sbatchArguments(settings); // reports an error in the config file when the service starts
    this.settings = settings;
    this.layout = tokenLayout(SLURM, settings.serviceId);
    this.prefix = jobPrefix(settings.serviceId);
  }

  files({ command }: JobGroup) {
    const { template, environment } = this.settings;
    return [{ name: SCRIPT, content: jobScript(template, environment, command), isProgram: true }];
  }

  async submit({ name, folder, tasks }: JobGroup): Promise<SubmitResult> {
    const result = await this.run('sbatch', [
      '--parsable',
      // First, so that a comment of the site takes precedence.
      ...this.commentFor(folder),
      ...sbatchArguments(this.settings),
      `--job-name=${name}`,
      `--array=1-${tasks.length}`,
      // Relative to --chdir, so that no character of a path is interpreted.
      `--chdir=${folder}`,
      `--output=${logName('%a')}`,
      join(folder, SCRIPT),
    ]);
    if (!result.ok) return result;
    const arrayId = /^\d+/.exec(result.stdout.trim())?.[0];
    return arrayId ? { ok: true, ids: tasks.map((_, i) => `${arrayId}_${i + 1}`) } : { ok: true };
  }

  async poll(): Promise<PollResult> {
    const result = await this.run('squeue', ['-u', this.user, ...SQUEUE_ARGUMENTS]);
    if (!result.ok) return result;
    return { ok: true, reports: parseQueue(result.stdout, this.prefix).map(reportOf) };
  }

  /** Selects by name: a restarted service has no job ids, and a restarted controller may have reused them. */
  async lookUp(groups: readonly JobGroup[]): Promise<JobReport[]> {
    const names = groups.map(({ name }) => name).join(',');
    const args = ['-X', '-n', '-P', `--name=${names}`, '-S', LOOK_BACK, '-o', SACCT_FORMAT];
    const result = await this.run('sacct', args);
    return result.ok ? parseAccounting(result.stdout, this.prefix).map(reportOf) : [];
  }

  /** The name is given with every id: Slurm may have reused the id for another job. */
  async cancel(targets: readonly CancelTarget[]): Promise<Refusal | null> {
    let refusal: Refusal | null = null;
    for (const { name, ids } of targets)
      for (const selection of ids === null ? [[`--user=${this.user}`]] : chunks(ids, MAX_IDS)) {
        const result = await this.run('scancel', [`--name=${name}`, ...selection]);
        if (!result.ok) refusal ??= result.refusal;
      }
    return refusal;
  }

  /** One sentence for each reason why waiting jobs will not start soon, or need action to start. */
  problems(jobs: readonly (Job & JobView)[]): string[] {
    const waiting = jobs.filter(({ report }) => report?.phase === 'waiting');
    const byReason = Map.groupBy(waiting, ({ report, isRequeued }) => `${isRequeued} ${report?.reason}`);
    return [...byReason.values()].flatMap((members) => {
      const [first] = members;
      return stuckText(first?.report?.reason ?? '', members.length, first?.isRequeued) ?? [];
    });
  }

  check = () => checkSlurm(this.settings);
  version = () => slurmVersion(this.settings);

  /** Administrators see in squeue and sacct which session a job belongs to. */
  private commentFor(folder: string): string[] {
    const { template } = this.settings;
    const token = sessionToken(folder);
    if (token === null || (template !== null && hasComment(template))) return [];
    return [`--comment=${token}`];
  }

  private run(command: SlurmCommand, args: readonly string[]) {
    return runSlurm(this.settings.commands, command, args);
  }
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < all.length; from += size) parts.push(all.slice(from, from + size));
  return parts;
}
