import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Batch } from '../../src/contract/batch.ts';
import type { Executor, Handle } from '../../src/executors/executor.ts';
import { recipeFromParameters } from '../../src/pipeline/recipe.ts';
import { describeExecutor } from '../executors/conformance.ts';
import type { Action, BatchFixture } from '../executors/process-fixture.ts';
import { FakeExecutor } from './fake-executor.ts';

/** Batches of one movie each, with the outcome that the suite requires. */
class FakeFixture implements BatchFixture {
  static current: FakeFixture;
  readonly waitingNames = new Set<string>();
  readonly exitCodes = new Map<string, number>();
  private readonly directory: string;
  private readonly lines: string[] = [];
  private executor: FakeExecutor | null = null;

  constructor(directory: string) {
    this.directory = directory;
    FakeFixture.current = this;
  }

  attach(executor: FakeExecutor): void {
    this.executor = executor;
    executor.behaviour = ({ base }) => {
      this.lines.push(`start ${base}`);
      const code = this.exitCodes.get(base) ?? 0;
      if (code !== 0) executor.end(`token-${base}`, 'failed', null, code);
      return this.waitingNames.has(base) || code !== 0 ? 'hang' : 'ok';
    };
    executor.onEnded((token) => this.lines.push(`end ${token.slice('token-'.length)}`));
  }

  submitBatch(executor: Executor, name: string, action: Action, code = 0): Promise<Handle> {
    if (action !== 'exit') this.waitingNames.add(name);
    this.exitCodes.set(name, code);
    const batch: Batch = {
      version: 1,
      token: `token-${name}`,
      rawDir: join(this.directory, 'raw'),
      processedDir: join(this.directory, 'processed'),
      recipe: recipeFromParameters(
        { apix: 1, kev: 300, fmdose: 1.5 },
        { gainPath: null, defectMapPath: null },
      ),
      executor: executor.name,
      threads: 1,
      movies: [{ path: `${name}.mrc`, base: name, sizeBytes: 1, mtimeMs: 1, attempt: 1 }],
    };
    mkdirSync(this.directory, { recursive: true });
    const batchPath = join(this.directory, `${name}.json`);
    writeFileSync(batchPath, JSON.stringify(batch));
    return executor.submit({ batchPath, token: batch.token, logPath: join(this.directory, `${name}.log`) });
  }

  letContinue(): void {
    const { executor } = this;
    for (const name of this.waitingNames) {
      this.waitingNames.delete(name);
      if (this.isRunning(name)) executor?.end(`token-${name}`, 'completed', null);
    }
  }

  events = () => [...this.lines];

  isRunning(name: string): boolean {
    return this.lines.includes(`start ${name}`) && !this.lines.includes(`end ${name}`);
  }
}

describeExecutor('fake', {
  outlivesService: false,
  fixture: (directory) => new FakeFixture(directory),
  create: async ({ slots }) => {
    const executor = new FakeExecutor(slots);
    FakeFixture.current.attach(executor);
    return executor;
  },
});
