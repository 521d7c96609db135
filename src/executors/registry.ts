import type { ExecutorReport } from '../contract/api.ts';
import { CodedError } from '../contract/errors.ts';
import { executorNames } from '../contract/executors.ts';
import type { Ending, Executor, Handle, HandleStatus } from './executor.ts';

/**
 * The executors of a service by name, in the order of preference of the site. A batch stays with the executor
 * that accepted it: its handle contains the name of the executor, to which each request is sent.
 */
export class Executors {
  readonly all: readonly Executor[];
  private readonly byName: ReadonlyMap<string, Executor>;

  constructor(all: readonly Executor[]) {
    this.all = all;
    this.byName = new Map(all.map((executor) => [executor.name, executor]));
  }

  /** null: no executor with this name is configured, or it is no longer configured. */
  find(name: string): Executor | null {
    return this.byName.get(name) ?? null;
  }

  /**
   * For handles of an executor that is no longer configured, the status is `ended`, with the ending
   * `vanished`.
   */
  async poll(handles: readonly Handle[]): Promise<Map<string, HandleStatus>> {
    const statuses = new Map<string, HandleStatus>();
    const polls = this.groupByExecutor(handles).map(async ([name, group]) => {
      const executor = this.find(name);
      if (!executor) for (const { token } of group) statuses.set(token, unknownExecutor(name));
      else for (const [token, status] of await executor.poll(group)) statuses.set(token, status);
    });
    await Promise.all(polls);
    return statuses;
  }

  async cancel(handles: readonly Handle[]): Promise<void> {
    await Promise.all(this.groupByExecutor(handles).map(([name, group]) => this.find(name)?.cancel(group)));
  }

  onEnded(listener: (token: string, ending: Ending) => void): void {
    for (const executor of this.all) executor.onEnded(listener);
  }

  problems(handles: readonly Handle[]): string[] {
    return this.groupByExecutor(handles).flatMap(([name, group]) => this.find(name)?.problems(group) ?? []);
  }

  reports(): ExecutorReport[] {
    return this.all.map((executor) => {
      const { name, slots, threadsPerMovie } = executor;
      const state = executor.lastKnownState();
      const problems = executor.problems('all').filter((problem) => problem !== state.health.detail);
      return { name, slots, threadsPerMovie, ...state, ...(problems.length > 0 ? { problems } : {}) };
    });
  }

  /** Releases every executor, even if one of them fails. @throws the first failure */
  async release(): Promise<void> {
    const results = await Promise.allSettled(this.all.map((executor) => executor.release()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /**
   * The configured executors in a list of names such as `local, slurm`; all executors if none is configured.
   */
  configured(names: string): readonly Executor[] {
    const found = executorNames<string>(names).flatMap((name) => this.find(name) ?? []);
    return found.length > 0 ? found : this.all;
  }

  /** @throws CodedError BAD_PARAMETERS if an executor in a list of names is not configured */
  assertConfigured(names: string): void {
    const missing = executorNames<string>(names).filter((name) => !this.byName.has(name));
    if (missing.length === 0) return;
    throw new CodedError(
      'BAD_PARAMETERS',
      `Not configured: ${missing.join(', ')}. Add it to executor in [general] of the config file, or choose another executor.`,
      { field: 'executor', expected: this.all.map((executor) => executor.name).join(', '), found: names },
    );
  }

  private groupByExecutor(handles: readonly Handle[]): [string, Handle[]][] {
    return [...Map.groupBy(handles, (handle) => handle.executor)];
  }
}

const unknownExecutor = (name: string): HandleStatus => ({
  state: 'ended',
  ending: {
    how: 'vanished',
    exitCode: null,
    signal: null,
    detail: `The executor ${name}, to which this batch was submitted, is no longer configured.`,
  },
});
