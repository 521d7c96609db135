import { type PointerEvent, useState } from 'react';

/** Whether the mouse is over the element, so that its content must not move. Touches do not count. */
export function useUnderPointer() {
  const [isUnder, setUnder] = useState(false);
  return {
    isUnder,
    onPointerEnter: (event: PointerEvent) => setUnder(event.pointerType === 'mouse'),
    onPointerLeave: () => setUnder(false),
  };
}
