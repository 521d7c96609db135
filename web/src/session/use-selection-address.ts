import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { criteriaText, parseCriteria } from '../data/selection.ts';
import type { SelectionModel } from '../state/selection-model.ts';

/** The address follows a drag when the pointer rests. */
const REST_MS = 250;

/** Keeps what selects movies in the address: begins with what stands there, and writes what a person changes. */
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
    const here = current.current.address;
    if (here !== undefined && criteriaText(model.criteria.get()) === undefined)
      model.set(parseCriteria(here));
    let timer: ReturnType<typeof setTimeout> | null = null;
    const put = () => {
      // On the way to another view: writing would call the person back.
      if (router.state.status === 'pending') {
        timer = setTimeout(put, REST_MS);
        return;
      }
      const now = criteriaText(model.criteria.get());
      if (now !== current.current.address) current.current.write(now);
    };
    put();
    const end = model.criteria.subscribe(() => {
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(put, REST_MS);
    });
    return () => {
      end();
      if (timer !== null) clearTimeout(timer);
    };
  }, [model, router]);
}
