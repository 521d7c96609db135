import { useNavigate } from '@tanstack/react-router';
import type { MovieSearch, SessionSearch } from '../routes.ts';

/**
 * Changes parts of the query of the URL. It starts from the URL at the time of the call, not of the
 * last render: another change, or another view, may be about to appear.
 * @returns with `isStep` the browser's Back undoes the change
 */
export function useSearchChange(): (next: SessionSearch | MovieSearch, isStep?: boolean) => void {
  const navigate = useNavigate();
  return (next, isStep = false) =>
    void navigate({
      to: '.',
      search: (now) => ({ ...now, ...next }),
      replace: !isStep,
      resetScroll: false,
    });
}
