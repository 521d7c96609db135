import type { ParameterValues } from '../contract/parameters.ts';
import type { SessionPorts } from '../sessions/service.ts';
import type { HeavyResponses } from './heavy-responses.ts';

/** The ports and values that the routes use. */
export interface RouteContext extends SessionPorts {
  /** Values of the parameters that are not given when a session is started. */
  readonly parameterDefaults: Partial<ParameterValues>;
  readonly heavyResponses: HeavyResponses;
}
