import { useEffect, useRef } from 'react';

/** Types of inputs without text, which use only the arrow keys. */
const TYPES_WITHOUT_TEXT = ['radio', 'checkbox', 'button', 'range'];

/**
 * Whether a dialog is open, or the focused element uses the key itself: a text field uses all keys, a slider
 * or a radio button uses the arrow keys.
 */
function isUsedElsewhere(target: EventTarget | null, key: string): boolean {
  if (document.querySelector('[role="dialog"]') !== null) return true;
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && TYPES_WITHOUT_TEXT.includes(target.type))
    return key.startsWith('Arrow');
  if (target.role === 'slider' || target.role === 'tab') return key.startsWith('Arrow');
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

/**
 * After a click on a radio button or a tab, the arrow keys act on the view again. After a radio button or tab
 * was focused by keyboard, they act on that control.
 */
function onPointerUp(): void {
  setTimeout(() => {
    const active = document.activeElement;
    if (active instanceof HTMLElement && active.matches('input[type="radio"], [role="tab"]')) active.blur();
  });
}

/** Keyboard shortcuts of a view, by `KeyboardEvent.key` with letters in lower case. */
export function useKeys(keys: Readonly<Record<string, (() => void) | undefined>>): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isUsedElsewhere(event.target, event.key)) return;
      const { key } = event;
      const action = current.current[key.length === 1 ? key.toLowerCase() : key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    addEventListener('keydown', onKey);
    addEventListener('pointerup', onPointerUp);
    return () => {
      removeEventListener('keydown', onKey);
      removeEventListener('pointerup', onPointerUp);
    };
  }, []);
}
