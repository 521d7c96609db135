import type { SessionSummary } from '../../../src/contract/api.ts';
import { keyText } from '../api/paths.ts';
import { stateWords } from '../data/state-words.ts';
import { Observable, type Readable } from './observable.ts';
import { type Notice, noticeOf } from './session-notice.ts';
import { noticeWords } from './words.ts';

const STORAGE_KEY = 'cryoem-notices';

/** Notifications of the browser, where the person asked for them, about sessions on screen while nobody looks at it. */
export class BrowserNotices {
  /** Browsers give them to secure origins only. */
  readonly areAvailable = 'Notification' in window && window.isSecureContext;
  readonly #areOn = new Observable(this.areAvailable && wasSwitchedOn());

  get areOn(): Readable<boolean> {
    return this.#areOn;
  }

  /** Asks the browser for permission where that is needed. @returns whether notices are shown from now on */
  async switch(on: boolean): Promise<boolean> {
    const granted = on && (await Notification.requestPermission()) === 'granted';
    localStorage.setItem(STORAGE_KEY, granted ? 'on' : 'off');
    this.#areOn.set(granted);
    return granted;
  }

  /** Shows a notice where the change of a session is worth one. */
  tell = (before: SessionSummary, now: SessionSummary): void => {
    if (!this.#areOn.get() || document.hasFocus()) return;
    const notice = noticeOf(before, now);
    if (notice !== null) show(notice, now);
  };
}

const wasSwitchedOn = () =>
  localStorage.getItem(STORAGE_KEY) === 'on' && Notification.permission === 'granted';

/** One notification per session: the newest replaces the one before. */
function show(notice: Notice, session: SessionSummary): void {
  const notification = new Notification(session.session, {
    body: bodyOf(notice),
    tag: keyText(session),
    icon: '/favicon.svg',
    requireInteraction: notice.kind === 'trouble',
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
    case 'trouble':
      return notice.reason ?? stateWords.processing_failure.meaning;
    case 'failures':
      return noticeWords.failures(notice.count);
    case 'warning':
      return notice.warning;
  }
}
