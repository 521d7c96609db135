import { hostname } from 'node:os';
import type { JobLocation } from '../../contract/record.ts';
import { SLURM_VARIABLES } from '../slurm/job-variables.ts';

/** Environment of a job on its node. */
export interface JobEnvironment {
  /** Where the job runs, for the records. */
  readonly location: JobLocation;
  /** Number of the job in the plan. */
  readonly task: number;
  readonly gpus: readonly string[];
  readonly cores: number;
}

/**
 * Variables in which the script of a job gives its location, if its scheduler is not one of those known here.
 * @public for drivers of other schedulers, as in the README of `executors/`
 */
export const JOB_VARIABLES = {
  cluster: 'CRYOEM_JOB_CLUSTER',
  id: 'CRYOEM_JOB_ID',
  node: 'CRYOEM_JOB_NODE',
  restart: 'CRYOEM_JOB_RESTART',
  cores: 'CRYOEM_JOB_CORES',
} as const;

/**
 * Reads the environment of a job: `JOB_VARIABLES` if its script sets them, otherwise those of its scheduler.
 * @param task - null: taken from the environment
 */
export function readJobEnvironment(env: NodeJS.ProcessEnv, task: number | null): JobEnvironment {
  const variable = (name: keyof typeof JOB_VARIABLES) =>
    env[JOB_VARIABLES[name]] || env[SLURM_VARIABLES[name]];
  const arrayTask = env[SLURM_VARIABLES.arrayTask];
  const arrayId = `${env[SLURM_VARIABLES.arrayId]}_${arrayTask}`;
  return {
    location: {
      cluster: variable('cluster') ?? 'slurm',
      jobId: task === null ? arrayId : (variable('id') ?? 'unknown'),
      node: variable('node') ?? hostname(),
      restart: Number(variable('restart') ?? 0),
    },
    task: task ?? Number(arrayTask),
    gpus: (env.CUDA_VISIBLE_DEVICES ?? '').split(',').filter(Boolean),
    cores: Number(variable('cores') ?? 1) || 1,
  };
}
