import type { SessionScan } from '../bus.ts';
import type { Context } from '../context.ts';
import type { Owners } from '../ownership/owners.ts';
import type { BatchesInFlight } from '../scheduler/batches-in-flight.ts';
import { removeUnfinished } from '../scheduler/remove-unfinished.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { MetricBackfill } from './metric-backfill.ts';
import type { Registry } from './registry.ts';

export interface StartUpParts {
  readonly registry: Registry;
  readonly inFlight: BatchesInFlight;
  readonly scheduler: Scheduler;
  readonly owners: Owners;
  readonly metricBackfill: MetricBackfill;
}

/**
 * Processes the scans of the session directory, one after another. After the first successful scan, the
 * scheduler and the other loops are started.
 */
export class StartUp {
  private readonly context: Context;
  private readonly parts: StartUpParts;
  private hasBegun = false;
  private closed = false;
  private scanning: Promise<void> = Promise.resolve();

  constructor(context: Context, parts: StartUpParts) {
    this.context = context;
    this.parts = parts;
    context.bus.on('sessionsScanned', (scan) => {
      this.scanning = this.scanning.then(() => this.processScan(scan));
    });
  }

  /** Whether the sessions are loaded and the scheduler is running. */
  get isReady(): boolean {
    return this.hasBegun && !this.closed;
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Accepts no further scans, and waits for the current one. */
  async close(): Promise<void> {
    this.closed = true;
    await this.scanning;
  }

  private async processScan(scan: SessionScan): Promise<void> {
    if (this.closed) return;
    try {
      await this.parts.registry.applySessionScan(scan);
      if (!this.hasBegun) await this.begin();
    } catch (error) {
      this.context.logger.error({ error }, 'sessions cannot be loaded');
    }
  }

  /**
   * Removes unfinished outputs of batches that ended while the service was not running, then starts the
   * scheduler and the other loops.
   */
  private async begin(): Promise<void> {
    const { registry, inFlight, scheduler, owners, metricBackfill } = this.parts;
    const statuses = await this.context.executors.poll(inFlight.all().map((batch) => batch.handle));
    const isAlive = (token: string) => inFlight.has(token) && statuses.get(token)?.state !== 'ended';
    for (const session of registry.present()) await removeUnfinished(this.context, session, isAlive);
    scheduler.run();
    owners.run();
    metricBackfill.begin(registry.present().reverse());
    this.hasBegun = true;
  }
}
