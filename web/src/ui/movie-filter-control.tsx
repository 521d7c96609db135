import { SegmentedControl } from '@mantine/core';
import { MOVIE_FILTERS, type MovieFilter } from '../data/shown.ts';
import { shownWords } from './words.ts';

/** Which movies are listed in the table and the gallery. */
export function MovieFilterControl({
  value,
  onChange,
}: {
  value: MovieFilter;
  onChange: (shown: MovieFilter) => void;
}) {
  return (
    <SegmentedControl
      size="xs"
      aria-label={shownWords.show}
      value={value}
      onChange={(shown) => onChange(shown as MovieFilter)}
      data={MOVIE_FILTERS.map((shown) => ({ value: shown, label: shownWords[shown] }))}
    />
  );
}
