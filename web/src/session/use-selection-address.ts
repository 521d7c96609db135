import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { criteriaForUrl, parseCriteria } from '../data/criteria-address.ts';
import type { SelectionModel } from '../state/selection-model.ts';

/** The URL is updated when the criteria have not changed for this long. */
const WRITE_DELAY_MS = 250;

/**
 * Keeps the criteria of the selection in the URL: takes the initial criteria from the URL, and writes the
 * user's changes to it.
 */
export function useSelectionAddress(
  model: SelectionModel | null,
  address: string | undefined,
  write: (address: string | undefined) => void,
): void {
  const router = useRouter();
  const latest = useRef({ address, write });
  latest.current = { address, write };
  useEffect(() => {
    if (model === null) return;
    const initial = latest.current.address;
    if (initial !== undefined && criteriaForUrl(model.criteria.get()) === undefined)
      model.set(parseCriteria(initial));
    let timer: ReturnType<typeof setTimeout> | null = null;
    const writeCriteria = () => {
      // Postponed while another view is being opened, because writing would navigate back.
      if (router.state.status === 'pending') {
        timer = setTimeout(writeCriteria, WRITE_DELAY_MS);
        return;
      }
      const text = criteriaForUrl(model.criteria.get());
      if (text !== latest.current.address) latest.current.write(text);
    };
    writeCriteria();
    const unsubscribe = model.criteria.subscribe(() => {
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(writeCriteria, WRITE_DELAY_MS);
    });
    return () => {
      unsubscribe();
      if (timer !== null) clearTimeout(timer);
    };
  }, [model, router]);
}
