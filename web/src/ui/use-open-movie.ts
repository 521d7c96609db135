import { useNavigate } from '@tanstack/react-router';
import { useSessionKey } from '../state/session-context.ts';

/** @returns a function that opens the view of a movie of the current session, by its base */
export function useOpenMovie(): (base: string) => void {
  const key = useSessionKey();
  const navigate = useNavigate();
  return (base) => void navigate({ to: '/s/$project/$user/$session/movie/$base', params: { ...key, base } });
}
