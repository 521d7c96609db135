import { describe, expect, it } from 'vitest';
import { pathProblem, type Workflow, workflowFiles } from '../../../src/executors/pegasus/documents.ts';
import { KNOWN_PROPERTIES, replicaRules, siteRules, transformationRules, workflowRules } from './rules.ts';

const directory = '/cryoem1/p_1/sessions/ttrojan/20210427113_usc/workflow/cycle-000001';

function workflowOf(count: number, changes: Partial<Workflow> = {}): Workflow {
  return {
    name: 'cycle-000001',
    directory,
    launcher: `${directory}/launch.sh`,
    planPath: `${directory}/tasks.json`,
    jobs: Array.from({ length: count }, (_, i) => ({
      id: `batch-${i}`,
      task: i + 1,
      label: `part-${i % 5}`,
    })),
    site: {
      partition: 'cryoem_partition',
      account: 'trojan_123',
      sbatchOptions: ['--gres=gpu:a40:4', '--exclusive'],
      cores: 4,
      runtimeSeconds: 3600,
      memoryMib: null,
      pegasusHome: '/opt/pegasus',
      maxJobs: 100,
      stageOutClusters: 10,
    },
    ...changes,
  };
}

const fileOf = (workflow: Workflow, name: string) => JSON.parse(workflowFiles(workflow).get(name) ?? '');

function propertiesOf(workflow: Workflow): Record<string, string> {
  const lines = (workflowFiles(workflow).get('pegasus.properties') ?? '').trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split('=', 2) as [string, string]));
}

describe('files of a Pegasus workflow', () => {
  it('follow the rules of Pegasus 5, and are JSON, which is valid YAML', () => {
    const workflow = workflowOf(100);
    workflowRules.parse(fileOf(workflow, 'workflow.yml'));
    siteRules.parse(fileOf(workflow, 'sites.yml'));
    transformationRules.parse(fileOf(workflow, 'transformations.yml'));
    replicaRules.parse(fileOf(workflow, 'replicas.yml'));
  });

  it('name a file for the input of each job, and a transformation at the site that runs the job', () => {
    const workflow = workflowOf(7);
    const { jobs } = workflowRules.parse(fileOf(workflow, 'workflow.yml'));
    const { replicas } = replicaRules.parse(fileOf(workflow, 'replicas.yml'));
    const { sites } = siteRules.parse(fileOf(workflow, 'sites.yml'));
    const { transformations } = transformationRules.parse(fileOf(workflow, 'transformations.yml'));
    const inputUrls = new Map(replicas.map((replica) => [replica.lfn, replica.pfns[0]?.pfn]));
    for (const job of jobs) {
      expect(inputUrls.get(job.uses[0]?.lfn ?? '')).toBe(`file://${directory}/tasks.json`);
      expect(transformations.map(({ name }) => name)).toContain(job.name);
    }
    expect(transformations[0]?.sites.map((site) => site.name)).toEqual(['slurm']);
    expect(sites.map((site) => site.name)).toEqual(['local', 'slurm']);
  });

  it('request partition and account for the site, and GPUs only for batches', () => {
    const workflow = workflowOf(1);
    const { sites } = siteRules.parse(fileOf(workflow, 'sites.yml'));
    const { transformations } = transformationRules.parse(fileOf(workflow, 'transformations.yml'));
    const slurm = sites.find((site) => site.name === 'slurm')?.profiles;
    expect(slurm?.condor).toEqual({ grid_resource: 'batch slurm' });
    expect(slurm?.pegasus).toMatchObject({
      style: 'glite',
      queue: 'cryoem_partition',
      project: 'trojan_123',
    });
    expect(slurm?.pegasus).not.toHaveProperty('glite.arguments');
    expect(transformations[0]?.profiles?.pegasus).toEqual({
      cores: '4',
      nodes: '1',
      runtime: '3600',
      'glite.arguments': '--gres=gpu:a40:4 --exclusive --comment=cycle-000001',
    });
  });

  it('contain the settings of the predecessor as properties, and no retries', () => {
    expect(propertiesOf(workflowOf(1))).toMatchObject({
      'pegasus.stageout.clusters': '10',
      'dagman.maxjobs': '100',
      'dagman.retry': '0',
      'pegasus.catalog.site.file': `${directory}/sites.yml`,
    });
  });

  it('contain no property that Pegasus would ignore', () => {
    for (const name of Object.keys(propertiesOf(workflowOf(1)))) expect(KNOWN_PROPERTIES).toContain(name);
  });

  it('are refused if Pegasus would lose or change a part of the workflow; all problems are reported at once', () => {
    const { jobs } = workflowOf(1);
    const [job] = jobs as [Workflow['jobs'][number]];
    const invalidWorkflow = workflowOf(1, {
      jobs: [job, { ...job, label: 'a b' }],
      directory: '/data/my session',
    });
    const write = () => workflowFiles(invalidWorkflow);
    expect(write).toThrow(/two jobs have the id batch-0/);
    expect(write).toThrow(/"a b" is not a valid name/);
    expect(write).toThrow(/"\/data\/my session"/);
    expect(() => workflowFiles(workflowOf(0))).toThrow(/no jobs/);
  });

  it.each(['--comment=$HOME', '--comment=two words', "--comment='x'", '--constraint="a"', '--comment=a\\b'])(
    'are refused if %j would not reach sbatch unchanged',
    (option) => {
      const site = { ...workflowOf(1).site, sbatchOptions: [option] };
      expect(() => workflowFiles(workflowOf(1, { site }))).toThrow(/cannot pass .* of glite_arguments on/);
    },
  );

  it('name the workflow in the comment of its Slurm jobs, unless the site sets a comment', () => {
    const optionsOf = (sbatchOptions: string[]) => {
      const workflow = workflowOf(1, { site: { ...workflowOf(1).site, sbatchOptions } });
      const { transformations } = transformationRules.parse(fileOf(workflow, 'transformations.yml'));
      return transformations[0]?.profiles?.pegasus?.['glite.arguments'];
    };
    expect(optionsOf([])).toBe('--comment=cycle-000001');
    expect(optionsOf(['--comment=ours'])).toBe('--comment=ours');
  });

  it('keep a job on one node, and omit settings that the site does not set', () => {
    const site = { ...workflowOf(1).site, partition: null, account: null, memoryMib: 2048 };
    const workflow = workflowOf(1, { site });
    const { transformations } = transformationRules.parse(fileOf(workflow, 'transformations.yml'));
    expect(transformations[0]?.profiles?.pegasus).toMatchObject({ nodes: '1', memory: '2048' });
    const { sites } = siteRules.parse(fileOf(workflow, 'sites.yml'));
    expect(Object.keys(sites[1]?.profiles?.pegasus ?? {}).sort()).toEqual(['auxillary.local', 'style']);
  });

  it('prevent a failed job from stopping other jobs with its label, and do not stage out files', () => {
    const workflow = workflowOf(3);
    expect(propertiesOf(workflow)).toMatchObject({
      'pegasus.clusterer.job.aggregator.seqexec.firstjobfail': 'false',
      'pegasus.data.configuration': 'sharedfs',
      'pegasus.integrity.checking': 'none',
    });
    const { jobs } = workflowRules.parse(fileOf(workflow, 'workflow.yml'));
    expect(jobs.flatMap((job) => job.uses.filter(({ type }) => type !== 'input'))).toEqual([]);
    expect(jobs.map((job) => job.profiles?.pegasus?.label)).toEqual(['part-0', 'part-1', 'part-2']);
  });

  it.each(['/a b', '/a$b', "/a'b", '/a"b', '/a;b', '/a\nb', '/a,b', '/a:b', '/a=b', 'relative', '/ä'])(
    'are not written below %j',
    (path) => {
      expect(pathProblem(path)).toMatch(/cannot handle/);
    },
  );
});
