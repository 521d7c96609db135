import { type PointerEvent, useState } from 'react';

/** Whether a mouse points at something: what it points at must not move. A finger points for as long as it touches only. */
export function useUnderPointer() {
  const [isUnder, setUnder] = useState(false);
  return {
    isUnder,
    onPointerEnter: (event: PointerEvent) => setUnder(event.pointerType === 'mouse'),
    onPointerLeave: () => setUnder(false),
  };
}
