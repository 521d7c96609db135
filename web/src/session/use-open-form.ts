import { useEffect, useRef, useState } from 'react';
import type { Form } from '../routes.ts';

/**
 * The form to show for the dialog of the URL. It opens after the session has been requested again, because
 * metadata may have arrived since the view was opened. When it is closed, the focus returns to the button
 * that opens it.
 */
export function useOpenForm(dialog: Form | undefined, refresh: () => Promise<unknown>): Form | null {
  const [form, setForm] = useState<Form | null>(null);
  const latestRefresh = useRef(refresh);
  latestRefresh.current = refresh;
  const wasOpen = useRef(false);
  useEffect(() => {
    if (dialog !== undefined) {
      let isCurrent = true;
      void latestRefresh.current().finally(() => isCurrent && setForm(dialog));
      wasOpen.current = true;
      return () => {
        isCurrent = false;
      };
    }
    setForm(null);
    if (wasOpen.current)
      document.querySelector<HTMLElement>('[data-opens-form]')?.focus({ preventScroll: true });
    wasOpen.current = false;
  }, [dialog]);
  return dialog === undefined ? null : form;
}
