import { useEffect } from 'react';
import type { SessionState } from '../../../src/contract/states.ts';
import { uiWords } from './words.ts';

/** Status in the browser tab: progress as a ring around the icon, a failure as a triangle inside it. */
export interface TabStatus {
  readonly title: string;
  /** Fraction of the movies that are finished, 0..1; null: no ring is shown. */
  readonly progress: number | null;
  readonly state: SessionState | null;
}

const BACKGROUND = '#0b5a83';
const RING_LENGTH = 2 * Math.PI * 12.5;

/** Icon of the tab: a ring for progress, a tick when done, a triangle for a failure. */
function tabIcon({ progress, state }: Pick<TabStatus, 'progress' | 'state'>): string {
  const symbol =
    state === 'processing_failure'
      ? '<path d="M16 8 24 22H8Z" fill="#ffb86b"/>'
      : state === 'processing_complete'
        ? '<path d="m10 16 4.5 4.5L22 12" fill="none" stroke="#fff" stroke-width="3"/>'
        : '<circle cx="16" cy="16" r="3.2" fill="#fff"/><circle cx="16" cy="16" r="6.8" fill="none" stroke="#fff" stroke-width="1.6"/>';
  const length = (RING_LENGTH * Math.min(1, Math.max(0, progress ?? 0))).toFixed(1);
  const ring =
    progress === null
      ? ''
      : `<circle cx="16" cy="16" r="12.5" fill="none" stroke="#ffffff55" stroke-width="3.4"/><circle cx="16" cy="16" r="12.5" fill="none" stroke="#fff" stroke-width="3.4" stroke-dasharray="${length} ${RING_LENGTH.toFixed(1)}" transform="rotate(-90 16 16)"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="${BACKGROUND}"/>${ring}${symbol}</svg>`;
}

/** Sets title and icon of the tab; the icon changes in steps of one percent. */
export function useTabStatus({ title, progress, state }: TabStatus): void {
  useEffect(() => {
    document.title = `${title} · ${uiWords.product}`;
  }, [title]);
  const percent = progress === null ? null : Math.floor(100 * progress);
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (!link) return;
    const defaultIcon = '/favicon.svg';
    link.href =
      state === null
        ? defaultIcon
        : `data:image/svg+xml,${encodeURIComponent(tabIcon({ progress: percent === null ? null : percent / 100, state }))}`;
    return () => {
      link.href = defaultIcon;
    };
  }, [percent, state]);
}
