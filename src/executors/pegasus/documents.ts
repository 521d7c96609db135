import { keyOf } from '../../contract/config-keys.ts';
import { CodedError } from '../../contract/errors.ts';

/**
 * The files from which Pegasus 5 plans a workflow, written as JSON, which is also valid YAML. Pegasus rejects
 * unknown keys, but accepts two jobs with the same id and loses one, so ids are checked here. It expands
 * `${NAME}` anywhere in these files, joins arguments with spaces and splits its own command line at spaces:
 * paths that would be changed in this way are refused. Names of movies are not affected; they are only in the
 * batch files.
 */

/** A job of a workflow. */
interface WorkflowJob {
  /** Letters, digits, `-` and `_`; unique in the workflow. */
  readonly id: string;
  /** Number of the job in the plan of the workflow: the only argument of its program. */
  readonly task: number;
  /** Jobs with the same label run one after another in one Slurm job. */
  readonly label: string;
}

export interface Workflow {
  /** Letters, digits, `-` and `_`. */
  readonly name: string;
  /** Absolute path; contains all files of the workflow, and Pegasus' own submit directory as `submit`. */
  readonly directory: string;
  /** Absolute path of the program that runs a job on a node. */
  readonly launcher: string;
  /** Absolute path of the plan that the launcher reads: the batches of each task. */
  readonly planPath: string;
  readonly jobs: readonly WorkflowJob[];
  readonly site: SlurmSite;
}

/** How Pegasus submits to Slurm: through HTCondor's batch gateway, with the style `glite`. */
export interface SlurmSite {
  readonly partition: string | null;
  readonly account: string | null;
  /** Options of sbatch; none may need quotes, because quotes would be lost. */
  readonly sbatchOptions: readonly string[];
  readonly cores: number;
  /** For one batch; Pegasus adds up the batches of a Slurm job. */
  readonly runtimeSeconds: number;
  /** Per core; null with `--exclusive`: Slurm would multiply it by the number of cores of the node. */
  readonly memoryMib: number | null;
  /** Directory of Pegasus on the nodes. */
  readonly pegasusHome: string;
  /** Maximum number of jobs in the queue. */
  readonly maxJobs: number;
  readonly stageOutClusters: number;
}

export const SITE = 'slurm';
export const SUBMIT_FOLDER = 'submit';
const TRANSFORMATION = 'process_batches';
const VERSION = '5.0';
const NAME = /^[-0-9a-zA-Z_]+$/;
/**
 * Characters that pass through Pegasus' shell wrappers, Condor's submit files and the batch gateway
 * unchanged.
 */
const SAFE_PATH = /^\/[-0-9a-zA-Z_./+@]*$/;
/**
 * Options of sbatch that pass through unchanged. The gateway's shell removes double quotes, and sbatch parses
 * the rest like a shell.
 */
const SAFE_OPTION = /^[^\s"'`$\\#;]+$/;

/**
 * The files of a workflow by name.
 * @throws CodedError PEGASUS_FAILED for names and paths that Pegasus would change, and for duplicate ids
 */
export function workflowFiles(workflow: Workflow): ReadonlyMap<string, string> {
  const problems = problemsOf(workflow);
  if (problems.length > 0)
    throw new CodedError('PEGASUS_FAILED', `The workflow cannot be written: ${problems.join('; ')}.`);
  return new Map([
    ['workflow.yml', json(workflowDocument(workflow))],
    ['sites.yml', json(siteCatalog(workflow))],
    ['transformations.yml', json(transformationCatalog(workflow))],
    ['replicas.yml', json(replicaCatalog(workflow))],
    ['pegasus.properties', properties(workflow)],
  ]);
}

/** Why Pegasus cannot use a path; null if it can. */
export function pathProblem(path: string): string | null {
  return SAFE_PATH.test(path)
    ? null
    : `Pegasus cannot handle the path ${JSON.stringify(path)}: only letters, digits and - _ . / + @ are allowed`;
}

/** A sentence for each option that Pegasus would change or lose on the way to sbatch. */
export const optionProblems = (options: readonly string[]): string[] =>
  options
    .filter((option) => !SAFE_OPTION.test(option))
    .map(
      (option) => `Pegasus cannot pass ${JSON.stringify(option)} of ${keyOf('sbatchOptions')} on to sbatch`,
    );

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
const fileServer = (path: string) => [{ url: `file://${path}`, operation: 'all' }];
const PLAN = 'tasks.json';

function problemsOf({ name, directory, launcher, planPath, jobs, site }: Workflow): string[] {
  const ids = jobs.map((job) => job.id);
  return [
    ...(jobs.length > 0 ? [] : ['it has no jobs']),
    ...[name, ...ids, ...jobs.map((job) => job.label)]
      .filter((word) => !NAME.test(word))
      .map((word) => `${JSON.stringify(word)} is not a valid name for Pegasus`),
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `two jobs have the id ${id}`),
    ...[directory, launcher, planPath, site.pegasusHome]
      .map(pathProblem)
      .filter((problem) => problem !== null),
    ...optionProblems(site.sbatchOptions),
  ];
}

function workflowDocument({ name, jobs }: Workflow): object {
  return {
    pegasus: VERSION,
    name,
    jobs: jobs.map((job) => ({
      type: 'job',
      name: TRANSFORMATION,
      id: job.id,
      arguments: [String(job.task)],
      // Results go directly into the session's directory: a stage-out would wait for every job, including
      // failed ones.
      uses: [{ lfn: PLAN, type: 'input' }],
      profiles: { pegasus: { label: job.label } },
    })),
    // There are no dependencies; without this empty list, Pegasus would infer them itself.
    jobDependencies: [],
  };
}

function siteCatalog({ directory, site }: Workflow): object {
  const local = `${directory}/local`;
  const output = `${directory}/output`;
  const scratch = `${directory}/scratch`;
  return {
    pegasus: VERSION,
    sites: [
      {
        name: 'local',
        directories: [
          { type: 'sharedScratch', path: local, fileServers: fileServer(local) },
          { type: 'localStorage', path: output, fileServers: fileServer(output) },
        ],
      },
      {
        name: SITE,
        directories: [
          { type: 'sharedScratch', path: scratch, sharedFileSystem: true, fileServers: fileServer(scratch) },
        ],
        profiles: {
          condor: { grid_resource: 'batch slurm' },
          env: { PEGASUS_HOME: site.pegasusHome },
          pegasus: {
            style: 'glite',
            // Directories and links are created on this host; they need no job of Slurm.
            'auxillary.local': 'true',
            ...(site.partition === null ? {} : { queue: site.partition }),
            ...(site.account === null ? {} : { project: site.account }),
          },
        },
      },
    ],
  };
}

/**
 * The requirements of a batch are given here and not in the site catalog, where they would also apply to the
 * jobs that only create links.
 */
function transformationCatalog({ name, launcher, site }: Workflow): object {
  // Users find the jobs of a workflow in squeue and sacct by the comment, because Pegasus sets the job names.
  const hasComment = site.sbatchOptions.some((option) => /^--comment\b/.test(option));
  const options = [...site.sbatchOptions, ...(hasComment ? [] : [`--comment=${name}`])];
  return {
    pegasus: VERSION,
    transformations: [
      {
        name: TRANSFORMATION,
        sites: [{ name: SITE, pfn: launcher, type: 'installed' }],
        profiles: {
          pegasus: {
            cores: String(site.cores),
            // Slurm treats each core as a task, and would distribute tasks over several nodes.
            nodes: '1',
            runtime: String(site.runtimeSeconds),
            ...(site.memoryMib === null ? {} : { memory: String(site.memoryMib) }),
            'glite.arguments': options.join(' '),
          },
        },
      },
    ],
  };
}

/**
 * The plan is registered at site `local`, so that this host links it; at site `slurm`, a Slurm job would do
 * so.
 */
function replicaCatalog({ planPath }: Workflow): object {
  return {
    pegasus: VERSION,
    replicas: [{ lfn: PLAN, pfns: [{ site: 'local', pfn: `file://${planPath}` }] }],
  };
}

function properties({ directory, site }: Workflow): string {
  const values: Readonly<Record<string, string | number>> = {
    'pegasus.catalog.site': 'YAML',
    'pegasus.catalog.site.file': `${directory}/sites.yml`,
    'pegasus.catalog.transformation': 'YAML',
    'pegasus.catalog.transformation.file': `${directory}/transformations.yml`,
    'pegasus.catalog.replica': 'YAML',
    'pegasus.catalog.replica.file': `${directory}/replicas.yml`,
    'pegasus.data.configuration': 'sharedfs',
    'pegasus.transfer.links': 'true',
    'pegasus.integrity.checking': 'none',
    'pegasus.stageout.clusters': site.stageOutClusters,
    // A failed batch of a Slurm job must not prevent the other batches of that job.
    'pegasus.clusterer.job.aggregator.seqexec.firstjobfail': 'false',
    'dagman.maxjobs': site.maxJobs,
    // The service itself retries: depending on their errors, remaining movies are put into a later workflow.
    'dagman.retry': 0,
  };
  return `${Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;
}
