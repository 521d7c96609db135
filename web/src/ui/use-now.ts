import { useEffect, useState } from 'react';
import { serviceNow } from '../state/service-clock.ts';

/** The service's clock, ticking every few seconds while somebody looks, for texts like "3 min ago". */
export function useNow(everyMs = 5000): number {
  const [now, setNow] = useState(serviceNow);
  useEffect(() => {
    const tick = () => {
      if (!document.hidden) setNow(serviceNow());
    };
    const timer = setInterval(tick, everyMs);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [everyMs]);
  return now;
}
