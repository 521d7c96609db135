import { type RefObject, useEffect, useRef } from 'react';

/**
 * Listens to the wheel and to touches on an element. The listeners are not passive, unlike those of React, so
 * that they can prevent the page from zooming. One finger may scroll the page; two fingers control the plot.
 */
export function useActiveListeners(
  element: RefObject<HTMLElement | null>,
  onWheel: (event: WheelEvent) => void,
): void {
  const latest = useRef(onWheel);
  latest.current = onWheel;
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    const wheel = (event: WheelEvent) => latest.current(event);
    const touch = (event: TouchEvent) => {
      if (event.touches.length > 1) event.preventDefault();
    };
    target.addEventListener('wheel', wheel, { passive: false });
    target.addEventListener('touchstart', touch, { passive: false });
    return () => {
      target.removeEventListener('wheel', wheel);
      target.removeEventListener('touchstart', touch);
    };
  }, [element]);
}
