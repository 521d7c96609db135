import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { SessionSummary } from '../contract/api.ts';
import { isInProgress, MOVIE_STATES, SESSION_STATES } from '../contract/states.ts';
import type { SessionQueries } from '../sessions/service.ts';

/** Metrics of one service, in its own registry. Sessions are counted when the metrics are requested. */
export function createMetrics(queries: SessionQueries): { registry: Registry; requests: Histogram<string> } {
  const registry = new Registry();
  let pending: Promise<SessionSummary[]> | null = null;
  /** One list for all gauges of a scrape. */
  const sessions = () => {
    pending ??= queries.all().finally(() => {
      pending = null;
    });
    return pending;
  };
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'cryoem_http_request_duration_seconds',
    help: 'Duration of a request, by route pattern',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  new Gauge({
    name: 'cryoem_sessions',
    help: 'Sessions by state',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const all = await sessions();
      for (const state of SESSION_STATES) this.set({ state }, all.filter((s) => s.state === state).length);
    },
  });
  new Gauge({
    name: 'cryoem_movies',
    help: 'Movies of all sessions by state',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const all = await sessions();
      for (const state of MOVIE_STATES)
        this.set(
          { state },
          all.reduce((sum, session) => sum + session.counts[state], 0),
        );
    },
  });
  new Gauge({
    name: 'cryoem_lag_seconds',
    help: 'Processing lag: age of the oldest complete movie that is not done, of all sessions in progress; 0: up to date',
    registers: [registry],
    async collect() {
      const oldestTimes = (await sessions())
        .filter(({ state }) => isInProgress(state))
        .map(({ behindSince }) => Date.parse(behindSince ?? ''))
        .filter(Number.isFinite);
      this.set(oldestTimes.length === 0 ? 0 : Math.max(0, Date.now() - Math.min(...oldestTimes)) / 1000);
    },
  });
  return { registry, requests };
}

/** `/metrics` for Prometheus, with the token (`authorization: {credentials: ...}` in its scrape config). */
export function registerMetrics(app: FastifyInstance, registry: Registry): void {
  app.get(
    '/metrics',
    { config: { access: 'read' }, schema: { tags: ['operation'], summary: 'Metrics for Prometheus' } },
    async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  );
}
