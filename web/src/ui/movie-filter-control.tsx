import { SegmentedControl } from '@mantine/core';
import { MOVIE_FILTERS, type MovieFilter } from '../data/movie-filter.ts';
import { movieFilterWords } from './words.ts';

/** Choice of the movies that are listed in the table and the gallery. */
export function MovieFilterControl({
  value,
  onChange,
}: {
  value: MovieFilter;
  onChange: (filter: MovieFilter) => void;
}) {
  return (
    <SegmentedControl
      size="xs"
      aria-label={movieFilterWords.show}
      value={value}
      onChange={(filter) => onChange(filter as MovieFilter)}
      data={MOVIE_FILTERS.map((filter) => ({ value: filter, label: movieFilterWords[filter] }))}
    />
  );
}
