/** Variables that Slurm sets in the environment of a job; Pegasus jobs on Slurm nodes have them too. */
export const SLURM_VARIABLES = {
  cluster: 'SLURM_CLUSTER_NAME',
  id: 'SLURM_JOB_ID',
  arrayId: 'SLURM_ARRAY_JOB_ID',
  arrayTask: 'SLURM_ARRAY_TASK_ID',
  node: 'SLURMD_NODENAME',
  restart: 'SLURM_RESTART_COUNT',
  cores: 'SLURM_CPUS_ON_NODE',
} as const;
