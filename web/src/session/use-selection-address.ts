import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { criteriaText, parseCriteria } from '../data/criteria-address.ts';
import type { SelectionModel } from '../state/selection-model.ts';

/** The URL is updated after the criteria have not changed for this long. */
const WRITE_DELAY_MS = 250;

/**
 * Keeps the criteria of the selection in the URL: starts with the criteria in the URL, and writes the user's
 * changes.
 */
export function useSelectionAddress(
  model: SelectionModel | null,
  address: string | undefined,
  write: (address: string | undefined) => void,
): void {
  const router = useRouter();
  const current = useRef({ address, write });
  current.current = { address, write };
  useEffect(() => {
    if (model === null) return;
    const initial = current.current.address;
    if (initial !== undefined && criteriaText(model.criteria.get()) === undefined)
      model.set(parseCriteria(initial));
    let timer: ReturnType<typeof setTimeout> | null = null;
    const writeCriteria = () => {
      // Postponed while another view is being opened, because writing would navigate back.
      if (router.state.status === 'pending') {
        timer = setTimeout(writeCriteria, WRITE_DELAY_MS);
        return;
      }
      const now = criteriaText(model.criteria.get());
      if (now !== current.current.address) current.current.write(now);
    };
    writeCriteria();
    const end = model.criteria.subscribe(() => {
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(writeCriteria, WRITE_DELAY_MS);
    });
    return () => {
      end();
      if (timer !== null) clearTimeout(timer);
    };
  }, [model, router]);
}
