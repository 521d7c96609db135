import { createContext, useContext } from 'react';
import type { PageQueryClient } from '../api/page-query-client.ts';
import type { BrowserNotices } from './browser-notices.ts';
import type { LiveConnections } from './live-connections.ts';
import type { LoginState } from './login-state.ts';
import type { ServiceClock } from './service-clock.ts';
import type { SummaryCache } from './summary-cache.ts';

/**
 * Objects that exist until the page is closed. Created once in `app/create-services.ts`; views get them with
 * `useServices`.
 */
export interface PageServices {
  readonly queryClient: PageQueryClient;
  readonly login: LoginState;
  readonly clock: ServiceClock;
  readonly connections: LiveConnections;
  readonly summaries: SummaryCache;
  readonly notices: BrowserNotices;
}

export const ServicesContext = createContext<PageServices | null>(null);

/** @throws Error outside of a `ServicesContext` */
export function useServices(): PageServices {
  const services = useContext(ServicesContext);
  if (services === null) throw new Error('No ServicesContext above this component');
  return services;
}
