import type { SessionSummary } from '../../../src/contract/api.ts';
import { keyText } from '../api/paths.ts';
import { stateWords } from '../data/state-words.ts';
import { Observable, type Readable } from './observable.ts';
import { type Notice, noticeOf } from './session-notice.ts';
import { noticeWords } from './words.ts';

const STORAGE_KEY = 'cryoem-notices';

/**
 * Browser notifications about sessions. They are shown while the page is in the background, if the user has
 * switched them on.
 */
export class BrowserNotices {
  /** Browsers provide notifications only for secure origins. */
  readonly areAvailable = 'Notification' in window && window.isSecureContext;
  readonly #areOn = new Observable(this.areAvailable && wasSwitchedOn());

  get areOn(): Readable<boolean> {
    return this.#areOn;
  }

  /** Asks the browser for permission if necessary. @returns whether notifications are shown from now on */
  async switch(isOn: boolean): Promise<boolean> {
    const isGranted = isOn && (await Notification.requestPermission()) === 'granted';
    localStorage.setItem(STORAGE_KEY, isGranted ? 'on' : 'off');
    this.#areOn.set(isGranted);
    return isGranted;
  }

  /** Shows a notification if the change of the session requires one (`session-notice.ts`). */
  notify = (before: SessionSummary, now: SessionSummary): void => {
    if (!this.#areOn.get() || document.hasFocus()) return;
    const notice = noticeOf(before, now);
    if (notice !== null) show(notice, now);
  };
}

const wasSwitchedOn = () =>
  localStorage.getItem(STORAGE_KEY) === 'on' && Notification.permission === 'granted';

/** One notification per session: the newest replaces the previous one. */
function show(notice: Notice, session: SessionSummary): void {
  const notification = new Notification(session.session, {
    body: bodyOf(notice),
    tag: keyText(session),
    icon: '/favicon.svg',
    requireInteraction: notice.kind === 'failure',
  });
  notification.onclick = () => {
    window.focus();
    location.assign(
      `/s/${[session.project, session.user, session.session].map(encodeURIComponent).join('/')}`,
    );
  };
}

function bodyOf(notice: Notice): string {
  switch (notice.kind) {
    case 'done':
      return noticeWords.done;
    case 'failure':
      return notice.reason ?? stateWords.processing_failure.meaning;
    case 'failures':
      return noticeWords.failures(notice.count);
    case 'warning':
      return notice.warning;
  }
}
