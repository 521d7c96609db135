import { type PointerEvent, useState } from 'react';

/** Whether the mouse is over the element, so that its content must not move. Touches do not count. */
export function usePointerOver() {
  const [isPointerOver, setPointerOver] = useState(false);
  return {
    isPointerOver,
    onPointerEnter: (event: PointerEvent) => setPointerOver(event.pointerType === 'mouse'),
    onPointerLeave: () => setPointerOver(false),
  };
}
