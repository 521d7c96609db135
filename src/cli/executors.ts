import type { ServiceConfig } from '../contract/config.ts';
import { type ExecutorName, executorNames } from '../contract/executors.ts';
import type { Executor } from '../executors/executor.ts';
import { createLocalExecutor } from '../executors/local/executor.ts';
import { machineGpus } from '../executors/local/gpus.ts';
import { Executors } from '../executors/registry.ts';

/** How each executor is made of the config file. */
const MAKERS: Readonly<Record<ExecutorName, (config: ServiceConfig) => Executor>> = {
  local: ({ local, params }) =>
    createLocalExecutor({
      slots: local.slots,
      threads: local.threads,
      gpus: machineGpus(params.no_of_gpus),
    }),
};

/** The executors that the config file names, in its order. */
export const createExecutors = (config: ServiceConfig): Executors =>
  new Executors(executorNames(config.general.executor).map((name) => MAKERS[name](config)));
