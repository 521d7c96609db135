import type { ExecutorReport } from '../contract/api.ts';
import { CodedError } from '../contract/errors.ts';
import { executorNames } from '../contract/executors.ts';
import type { Ending, Executor, Handle, HandleStatus } from './executor.ts';

/**
 * The executors of a service, by name, in the site's order of preference. A batch stays with the executor
 * that accepted it: its handle has the name, and each request goes to that executor.
 */
export class Executors {
  readonly all: readonly Executor[];
  private readonly byName: ReadonlyMap<string, Executor>;

  constructor(all: readonly Executor[]) {
    this.all = all;
    this.byName = new Map(all.map((executor) => [executor.name, executor]));
  }

  /** null: no such executor is configured (any more). */
  find(name: string): Executor | null {
    return this.byName.get(name) ?? null;
  }

  /** A handle of an executor that is not configured any more is lost. */
  async poll(handles: readonly Handle[]): Promise<Map<string, HandleStatus>> {
    const statuses = new Map<string, HandleStatus>();
    const answers = this.grouped(handles).map(async ([name, group]) => {
      const executor = this.find(name);
      if (!executor) for (const { token } of group) statuses.set(token, unknownExecutor(name));
      else for (const [token, status] of await executor.poll(group)) statuses.set(token, status);
    });
    await Promise.all(answers);
    return statuses;
  }

  async cancel(handles: readonly Handle[]): Promise<void> {
    await Promise.all(this.grouped(handles).map(([name, group]) => this.find(name)?.cancel(group)));
  }

  onEnded(listener: (token: string, ending: Ending) => void): void {
    for (const executor of this.all) executor.onEnded(listener);
  }

  problems(handles: readonly Handle[]): string[] {
    return this.grouped(handles).flatMap(([name, group]) => this.find(name)?.problems(group) ?? []);
  }

  reports(): ExecutorReport[] {
    return this.all.map((executor) => ({
      name: executor.name,
      slots: executor.slots,
      threadsPerMovie: executor.threadsPerMovie,
      ...executor.condition(),
    }));
  }

  /** Every executor is released, also if another one fails. @throws the first failure */
  async release(): Promise<void> {
    const ends = await Promise.allSettled(this.all.map((executor) => executor.release()));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  /** The configured ones in a list of names, such as `local, slurm`; all if none of them is. */
  known(names: string): readonly Executor[] {
    const found = executorNames<string>(names).flatMap((name) => this.find(name) ?? []);
    return found.length > 0 ? found : this.all;
  }

  /** @throws CodedError BAD_PARAMETERS if one of a list of names is not configured */
  demand(names: string): void {
    const missing = executorNames<string>(names).filter((name) => !this.byName.has(name));
    if (missing.length === 0) return;
    throw new CodedError(
      'BAD_PARAMETERS',
      `Not configured: ${missing.join(', ')}. Name it in executor of [general] of the config file, or choose another.`,
      { field: 'executor', expected: this.all.map((one) => one.name).join(', '), found: names },
    );
  }

  private grouped(handles: readonly Handle[]): [string, Handle[]][] {
    return [...Map.groupBy(handles, (handle) => handle.executor)];
  }
}

const unknownExecutor = (name: string): HandleStatus => ({
  state: 'ended',
  ending: {
    how: 'vanished',
    exitCode: null,
    signal: null,
    detail: `The executor ${name}, which had this batch, is no longer configured.`,
  },
});
