import type { FastifyInstance } from 'fastify';
import type { ParameterValues } from '../contract/parameters.ts';
import type { SessionService } from '../sessions/service.ts';

/** What the routes stand on. */
export interface RouteContext {
  readonly sessions: SessionService;
  /** Values of parameters that a start takes where it is given none. */
  readonly parameterDefaults: Partial<ParameterValues>;
}

export type Routes = (app: FastifyInstance, context: RouteContext) => void;
