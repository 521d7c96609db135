import type { ParameterValues } from '../contract/parameters.ts';
import type { SessionPorts } from '../sessions/service.ts';

/** What the routes stand on. */
export interface RouteContext extends SessionPorts {
  /** Values of parameters that a start takes where it is given none. */
  readonly parameterDefaults: Partial<ParameterValues>;
}
