import { SegmentedControl } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import type { MovieDetail } from '../../../src/contract/api.ts';
import type { Verdict } from '../../../src/contract/review.ts';
import { gainPictureRatio } from '../data/gain-picture.ts';
import { MOVIE_PICTURES } from '../data/movie-pictures.ts';
import { useSearchChange } from '../ui/use-search-change.ts';
import { gainPictureWords } from '../ui/words.ts';
import { MicrographPair } from './micrograph-pair.tsx';
import classes from './movie.module.css';
import { PictureFigure } from './picture-figure.tsx';
import { movieWords } from './words.ts';

const PAIR = 'pair';

/**
 * Micrograph and power spectrum side by side, or the combined image (as in the predecessor of this
 * service), or the fixed-pattern noise of the detector before and after gain correction.
 */
export function MoviePictures({ detail, verdict }: { detail: MovieDetail; verdict: Verdict | null }) {
  const { picture: shown = PAIR } = useSearch({ strict: false });
  const change = useSearchChange();
  const { pictures, row, record } = detail;
  const choices = [
    { value: PAIR, label: `${movieWords.micrograph} + ${movieWords.spectrum.toLowerCase()}` },
    { value: 'combined', label: movieWords.combined },
    { value: 'gainPicture', label: movieWords.gain },
  ].filter(({ value }) => value === PAIR || pictures[value] !== undefined);
  const isShown = (role: string) => shown === role && pictures[role] !== undefined;
  return (
    <section className={`card ${classes.pictures}`}>
      {choices.length > 1 && (
        <SegmentedControl
          className="no-print"
          size="xs"
          aria-label={movieWords.pictures}
          value={shown}
          onChange={(next) =>
            change({ picture: MOVIE_PICTURES.find((picture) => picture === next), at: undefined })
          }
          data={choices}
        />
      )}
      {isShown('combined') ? (
        <PictureFigure
          detail={detail}
          picture="combined"
          title={movieWords.combined}
          alt={movieWords.combinedAlt(row.base)}
          ratio="2 / 1"
        />
      ) : isShown('gainPicture') ? (
        <PictureFigure
          detail={detail}
          picture="gainPicture"
          title={gainPictureWords.title}
          alt={gainPictureWords.alt}
          ratio={gainPictureRatio(record?.gainCheck?.verdict)}
          note={gainPictureWords.help}
        />
      ) : (
        <MicrographPair detail={detail} verdict={verdict} />
      )}
    </section>
  );
}
