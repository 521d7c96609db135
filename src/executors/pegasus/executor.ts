import { dirname } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { CodedError } from '../../contract/errors.ts';
import { ClusterExecutor } from '../core/cluster-executor.ts';
import type {
  CancelTarget,
  GroupFile,
  GroupLayout,
  Job,
  JobGroup,
  JobReport,
  PollResult,
  Refusal,
  SchedulerDriver,
  SubmitResult,
} from '../core/driver.ts';
import type { Executor } from '../executor.ts';
import { checkPegasus, homeOf } from './check.ts';
import { createPegasusClient, type PegasusClient } from './client.ts';
import { pathProblem } from './documents.ts';
import { FinishedWorkflows } from './finished-workflows.ts';
import { HtcondorProbe } from './htcondor.ts';
import { PendingJobs } from './pending-jobs.ts';
import { checkOptions, type PegasusSettings } from './settings.ts';
import { Workflow, type WorkflowReport } from './workflow.ts';
import { filesOf, WORKFLOW_LAYOUT } from './workflow-folder.ts';

/**
 * Runs batches as Pegasus workflows on Slurm nodes. Batches of a cycle that are submitted together form one
 * workflow. See README.md.
 * @throws Error if options of the site cannot be used
 */
export function createPegasusExecutor(settings: PegasusSettings): Executor {
  const { site, clusterSize, batchesPerJob } = settings;
  const slots = clusterSize * batchesPerJob;
  return new ClusterExecutor(new PegasusDriver(settings), {
    ...settings,
    // Workflows are found by their files, and Pegasus itself limits the number of jobs.
    serviceId: '',
    maxJobs: null,
    slots,
    maxInFlight: site.maxJobs * batchesPerJob,
    batchesPerCycle: slots,
  });
}

/**
 * A group is a workflow. Progress is read from the files that the jobs and Pegasus' monitor write; the
 * commands of Pegasus are used only to start and end workflows, and to find out why a workflow makes no
 * progress.
 */
class PegasusDriver implements SchedulerDriver {
  readonly name = 'pegasus';
  readonly title = 'Pegasus';
  readonly layout: GroupLayout;
  readonly recordsSubmissions = true;
  readonly probe: HtcondorProbe;
  private readonly settings: PegasusSettings;
  private readonly client: PegasusClient;
  private readonly workflows = new WeakMap<JobGroup, Workflow>();
  private readonly finished = new FinishedWorkflows();
  private readonly pending: PendingJobs | null;

  constructor(settings: PegasusSettings) {
    checkOptions(settings);
    this.settings = settings;
    const { binDir, slurmCommands, times } = settings;
    this.client = createPegasusClient({ binDir, timeoutMs: times.commandMs });
    this.probe = new HtcondorProbe(binDir, times.statusMs);
    this.pending = slurmCommands === undefined ? null : new PendingJobs(slurmCommands, times.statusMs);
    // The folder also contains the batch files: only the files of Pegasus are removed, once DAGMan has ended.
    this.layout = { ...WORKFLOW_LAYOUT, discard: async (folder) => this.finished.add(folder) };
  }

  assertUsable(batchPath: string): void {
    const problem = pathProblem(dirname(batchPath));
    if (problem !== null) throw new CodedError('PEGASUS_FAILED', `${problem}.`);
  }

  async files(group: JobGroup): Promise<GroupFile[]> {
    const { pegasusHome, binDir } = this.settings;
    return filesOf(group, this.settings, pegasusHome ?? (await homeOf(binDir)));
  }

  submit(group: JobGroup): Promise<SubmitResult> {
    return this.workflowOf(group).start();
  }

  async poll(jobs: readonly Job[]): Promise<PollResult> {
    const reports: JobReport[] = [];
    const undecided: JobGroup[] = [];
    const groups = Map.groupBy(jobs, (job) => job.group);
    void this.probe.refresh();
    void this.pending?.refresh([...groups.keys()]);
    void this.finished.prune();
    for (const [group, members] of groups) {
      const report = await this.reportOf(group, members);
      if (report === 'undecided') undecided.push(group);
      else reports.push(...report);
    }
    return { ok: true, reports, undecided };
  }

  /** Removes whole workflows; a single job ends by itself if all of its batches are cancelled. */
  async cancel(targets: readonly CancelTarget[]): Promise<Refusal | null> {
    let refusal: Refusal | null = null;
    for (const { group, ids } of targets)
      if (group && ids === null) refusal = (await this.workflowOf(group).remove()) ?? refusal;
    return refusal;
  }

  problems(jobs: readonly Job[]): string[] {
    const groups = [...new Set(jobs.map(({ group }) => group))];
    const texts = groups.flatMap((group) => [
      ...this.workflowOf(group).problems,
      ...(this.pending?.textsFor(group) ?? []),
    ]);
    return [...new Set(texts)];
  }

  check = () => checkPegasus(this.settings, this.client);
  /** Null if the version cannot be queried: `check` and the health of the executor give the reason. */
  version = () => this.client.version().catch(() => null);

  /** A failure of one workflow must not affect the others. */
  private async reportOf(group: JobGroup, jobs: readonly Job[]): Promise<WorkflowReport> {
    const workflow = this.workflowOf(group);
    try {
      return await workflow.report(jobs);
    } catch (error) {
      workflow.reportUnreadable(messageOf(error));
      return 'undecided';
    }
  }

  private workflowOf(group: JobGroup): Workflow {
    const known = this.workflows.get(group);
    if (known) return known;
    const workflow = new Workflow(group, this.client, this.settings.times);
    this.workflows.set(group, workflow);
    return workflow;
  }
}
