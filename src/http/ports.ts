import type { ParameterValues } from '../contract/parameters.ts';
import type { SessionPorts } from '../sessions/service.ts';
import type { HeavyAnswers } from './heavy-answers.ts';

/** What the routes use. */
export interface RouteContext extends SessionPorts {
  /** Values of parameters that a start uses if it does not give them. */
  readonly parameterDefaults: Partial<ParameterValues>;
  readonly heavy: HeavyAnswers;
}
