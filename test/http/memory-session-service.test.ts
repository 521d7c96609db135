import { describeService } from '../sessions/service-conformance.ts';
import { KEY, MemorySessionService } from './memory-session-service.ts';

describeService('in memory, as the HTTP tests use it', async () => {
  const service = new MemorySessionService();
  return {
    service,
    key: KEY,
    causeEvent: () => {
      const id = (service.history.at(-1)?.id ?? 0) + 1;
      service.publish({ id, event: { event: 'session', data: service.summary() } });
    },
    close: () => service.close(),
  };
});
