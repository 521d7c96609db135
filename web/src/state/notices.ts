import type { SessionSummary } from '../../../src/contract/api.ts';
import { keyText } from '../api/paths.ts';
import { type Notice, noticeOf } from '../data/notices.ts';
import { text } from '../ui/text.ts';
import { Observable } from './observable.ts';
import { watchSummaries } from './session-feed.ts';

/** Calls of the browser, where the person asked for them, about sessions on screen while nobody looks at it. */
const PLACE = 'cryoem-notices';

/** Browsers give them to secure origins only. */
export const canNotify = (): boolean => 'Notification' in window && window.isSecureContext;

const isWanted = () => localStorage.getItem(PLACE) === 'on' && Notification.permission === 'granted';
export const noticesOn = new Observable(canNotify() && isWanted());

/** Asks the browser for leave where that is needed. Returns whether notices come from now on. */
export async function switchNotices(on: boolean): Promise<boolean> {
  const granted = on && (await Notification.requestPermission()) === 'granted';
  localStorage.setItem(PLACE, granted ? 'on' : 'off');
  noticesOn.set(granted);
  return granted;
}

const wordsOf = (notice: Notice): string => {
  switch (notice.kind) {
    case 'done':
      return text.notices.done;
    case 'trouble':
      return notice.reason ?? text.states.processing_failure.meaning;
    case 'failures':
      return text.notices.failures(notice.count);
    case 'warning':
      return notice.warning;
  }
};

function tell(before: SessionSummary, now: SessionSummary): void {
  if (!noticesOn.get() || document.hasFocus()) return;
  const notice = noticeOf(before, now);
  if (notice === null) return;
  const { project, user, session } = now;
  // One call per session: the newest takes the place of the one before.
  const call = new Notification(session, {
    body: wordsOf(notice),
    tag: keyText(now),
    icon: '/favicon.svg',
    requireInteraction: notice.kind === 'trouble',
  });
  call.onclick = () => {
    window.focus();
    location.assign(`/s/${[project, user, session].map(encodeURIComponent).join('/')}`);
  };
}

watchSummaries(tell);
