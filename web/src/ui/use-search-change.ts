import { useNavigate } from '@tanstack/react-router';
import type { MovieSearch, SessionSearch } from '../routes.ts';

/**
 * Changes parts of the query of the URL. It starts from the URL at the time of the call, not from
 * that of the last render: another change may not have been rendered yet.
 * @returns a function; with `canGoBack`, the browser's Back button undoes the change
 */
export function useSearchChange(): (next: SessionSearch | MovieSearch, canGoBack?: boolean) => void {
  const navigate = useNavigate();
  return (next, canGoBack = false) =>
    void navigate({
      to: '.',
      search: (current) => ({ ...current, ...next }),
      replace: !canGoBack,
      resetScroll: false,
    });
}
