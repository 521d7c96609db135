import { type PointerEvent, useState } from 'react';

/** Whether the mouse is over an element, whose content must then not move. Touches do not count. */
export function usePointerOver() {
  const [isPointerOver, setPointerOver] = useState(false);
  return {
    isPointerOver,
    onPointerEnter: (event: PointerEvent) => setPointerOver(event.pointerType === 'mouse'),
    onPointerLeave: () => setPointerOver(false),
  };
}
