import { ApiClient } from '../api/client.ts';
import { PageQueryClient } from '../api/page-query-client.ts';
import { BrowserNotices } from '../state/browser-notices.ts';
import { LiveConnections } from '../state/live-connections.ts';
import { LoginState } from '../state/login-state.ts';
import { personName } from '../state/person.ts';
import { ServiceClock } from '../state/service-clock.ts';
import type { PageServices } from '../state/services.ts';
import { SummaryCache } from '../state/summary-cache.ts';

/** Creates the objects that exist until the page is closed. */
export function createServices(): PageServices {
  const login = new LoginState();
  const clock = new ServiceClock();
  const notices = new BrowserNotices();
  const queryClient = new PageQueryClient(
    new ApiClient({ personName, onDate: clock.setFromHeader, onRefused: login.require }),
  );
  const summaries = new SummaryCache(queryClient, notices.notify);
  return { queryClient, login, clock, connections: new LiveConnections(), summaries, notices };
}
