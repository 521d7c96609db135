import { useEffect, useState } from 'react';
import { useServices } from '../state/services.ts';

/** The service's clock, updated every few seconds while the tab is visible, for texts such as "3 min ago". */
export function useNow(everyMs = 5000): number {
  const { clock } = useServices();
  const [now, setNow] = useState(clock.now);
  useEffect(() => {
    const tick = () => {
      if (!document.hidden) setNow(clock.now());
    };
    const timer = setInterval(tick, everyMs);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [clock, everyMs]);
  return now;
}
