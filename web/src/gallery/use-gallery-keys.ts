import { notifications } from '@mantine/notifications';
import { useNavigate } from '@tanstack/react-router';
import type { Verdict } from '../../../src/contract/review.ts';
import { useSessionKey } from '../state/session-context.ts';
import type { SeriesSnapshot, SessionFeed } from '../state/session-feed.ts';
import { useKeys } from '../ui/use-keys.ts';
import { keyWords, reviewWords } from '../ui/words.ts';

export const GALLERY_KEYS = [
  ['← → ↑ ↓', keyWords.move],
  ['A', keyWords.accept],
  ['R', keyWords.reject],
  ['U', keyWords.undo],
  ['X', keyWords.pick],
  ['Enter', keyWords.open],
] as const;

/** Keys that move through the images, review, select and open movies. */
export function useGalleryKeys(gallery: {
  readonly feed: SessionFeed | null;
  readonly snapshot: SeriesSnapshot | null;
  readonly bases: readonly string[];
  readonly columns: number;
  /** Movie that the keys act on; null until a key is pressed. */
  readonly current: string | null;
  readonly setCurrent: (base: string | null) => void;
  readonly showRow: (row: number) => void;
}): void {
  const { feed, snapshot, bases, columns, current, setCurrent } = gallery;
  const key = useSessionKey();
  const navigate = useNavigate();
  const index = current === null ? -1 : bases.indexOf(current);
  const goTo = (target: number) => {
    const next = Math.min(bases.length - 1, Math.max(0, target));
    const base = bases[next];
    if (base === undefined) return;
    setCurrent(base);
    gallery.showRow(Math.floor(next / columns));
  };
  const move = (steps: number) => () => goTo(index < 0 ? 0 : index + steps);
  const decide = (verdict: Verdict) => () => {
    if (current === null || feed === null || snapshot === null) return;
    const { series } = snapshot;
    const movie = series.indexOf(current);
    // Giving the same review again removes it.
    const isRemoved = movie !== undefined && series.verdict(movie) === verdict;
    feed.reviews.decide([current], isRemoved ? null : verdict);
    if (!isRemoved) move(1)();
  };
  const undo = () => {
    const undone = feed?.reviews.undo() ?? [];
    const [first] = undone;
    if (first === undefined) return;
    notifications.show({ message: reviewWords.undone(undone.length) });
    if (undone.length === 1) goTo(bases.indexOf(first));
  };
  const open = (base: string) => () =>
    void navigate({ to: '/s/$project/$user/$session/movie/$base', params: { ...key, base } });
  useKeys({
    ArrowRight: move(1),
    ArrowLeft: move(-1),
    ArrowDown: move(columns),
    ArrowUp: move(-columns),
    a: decide('accepted'),
    r: decide('rejected'),
    u: undo,
    x: current === null ? undefined : () => feed?.selection.toggle(current),
    Enter: current === null ? undefined : open(current),
    Escape: current === null ? undefined : () => setCurrent(null),
  });
}
