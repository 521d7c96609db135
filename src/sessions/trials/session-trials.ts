import type { SessionKey } from '../../contract/api.ts';
import type { ParameterValues } from '../../contract/parameters.ts';
import type { Preview, Trial } from '../../contract/preview.ts';
import type { Context } from '../context.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { Registry } from '../loading/registry.ts';
import type { SessionTrials } from '../service.ts';
import { previewOf } from '../start/preview.ts';
import type { Trials } from './trials.ts';

export interface PreviewAndTrialsParts {
  readonly registry: Registry;
  readonly discovery: Discovery;
  readonly trials: Trials;
}

/** Preview and trials before processing is started. */
export class PreviewAndTrials implements SessionTrials {
  private readonly context: Context;
  private readonly parts: PreviewAndTrialsParts;

  constructor(context: Context, parts: PreviewAndTrialsParts) {
    this.context = context;
    this.parts = parts;
  }

  async preview(
    key: SessionKey,
    values: Partial<ParameterValues>,
    isComplete: boolean,
    signal?: AbortSignal,
  ): Promise<Preview> {
    const { registry, discovery } = this.parts;
    return previewOf(this.context, discovery, await registry.findOrThrow(key), values, isComplete, signal);
  }

  /** Waits while the session is being started or stopped. */
  async begin(key: SessionKey, values: ParameterValues, base: string | null): Promise<Trial> {
    const session = await this.parts.registry.findOnDiskOrThrow(key);
    return session.mutex.run(() => this.parts.trials.begin(session, values, base));
  }

  async last(key: SessionKey): Promise<Trial | null> {
    return this.parts.trials.last(await this.parts.registry.findOrThrow(key));
  }

  async cancel(key: SessionKey): Promise<Trial | null> {
    const session = await this.parts.registry.findOrThrow(key);
    return session.mutex.run(() => this.parts.trials.cancel(session));
  }

  async picturePath(key: SessionKey, id: string, role: string): Promise<string> {
    return this.parts.trials.picturePath(await this.parts.registry.findOrThrow(key), id, role);
  }
}
