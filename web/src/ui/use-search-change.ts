import { useNavigate } from '@tanstack/react-router';
import type { MovieSearch, SessionSearch } from '../routes.ts';

/**
 * Changes some of the query of the address. It begins with the address as it stands when it is called, not as it was last drawn: another
 * change, or another view, may be on its way to the screen.
 * @returns its `isStep` says that the browser's Back takes the change back
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
