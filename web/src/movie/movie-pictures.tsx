import { SegmentedControl } from '@mantine/core';
import { IconMaximize } from '@tabler/icons-react';
import { useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { MovieDetail } from '../../../src/contract/api.ts';
import type { Verdict } from '../../../src/contract/review.ts';
import { gainPictureRatio } from '../data/gain-picture.ts';
import { MOVIE_PICTURES } from '../data/shown.ts';
import { useSessionKey } from '../state/session-context.ts';
import { Picture } from '../ui/picture.tsx';
import { useSearchChange } from '../ui/use-search-change.ts';
import { VerdictMark } from '../ui/verdict-mark.tsx';
import { gainPictureWords, uiWords } from '../ui/words.ts';
import { DeepZoom } from './deep-zoom.tsx';
import { localArrows } from './local-motion.ts';
import classes from './movie.module.css';
import { movieWords } from './words.ts';
import { parseZoomView, zoomViewText } from './zoom-view.ts';

const PAIR = 'pair';

/**
 * Micrograph and spectrum side by side; or the combined picture that people know from the predecessor; or the camera's pattern
 * before and after the gain.
 */
export function MoviePictures({ detail, verdict }: { detail: MovieDetail; verdict: Verdict | null }) {
  const key = useSessionKey();
  const { picture: shown = PAIR, at } = useSearch({ strict: false });
  const change = useSearchChange();
  const setShown = (next: string) =>
    change({ picture: MOVIE_PICTURES.find((picture) => picture === next), at: undefined });
  const { pictures, row, record } = detail;
  const version = Date.parse(record?.finishedAt ?? '') || 0;
  const source = (role: string) => {
    const path = pictures[role];
    return path === undefined ? null : `${path}?v=${version}`;
  };
  const role = record?.files.doseWeighted ? 'doseWeighted' : record?.files.sum ? 'sum' : null;
  const arrows = useMemo(() => (record === null ? null : localArrows(record)), [record]);
  const statistics = record?.statistics ?? null;
  const { width, height } = statistics ?? { width: 1, height: 1 };
  // Side by side the two are equally high, whatever the camera's shape.
  const shape = `${width} / ${height}`;
  const choices = [
    { value: PAIR, label: `${movieWords.micrograph} + ${movieWords.spectrum.toLowerCase()}` },
    { value: 'combined', label: movieWords.combined },
    { value: 'gainPicture', label: movieWords.gain },
  ].filter(({ value }) => value === PAIR || pictures[value] !== undefined);
  const frame = (role: string, title: string, alt: string, ratio: string, note?: string) => {
    const src = source(role);
    return (
      <figure className={classes.picture}>
        <figcaption>
          <b>{title}</b>
          {note && <span className="muted">{note}</span>}
          {src && (
            <a
              href={src}
              target="_blank"
              rel="noreferrer"
              className="no-print"
              aria-label={`${movieWords.fullSize}: ${title}`}
            >
              <IconMaximize size={16} />
            </a>
          )}
        </figcaption>
        <div className={classes.frame}>
          <Picture src={src} alt={alt} ratio={ratio} fit="contain" missing={uiWords.noPicture} />
        </div>
      </figure>
    );
  };
  return (
    <section className={`card ${classes.pictures}`}>
      {choices.length > 1 && (
        <SegmentedControl
          className="no-print"
          size="xs"
          aria-label={movieWords.pictures}
          value={shown}
          onChange={setShown}
          data={choices}
        />
      )}
      {shown === 'combined' && pictures.combined !== undefined ? (
        frame('combined', movieWords.combined, movieWords.combinedAlt(row.base), '2 / 1')
      ) : shown === 'gainPicture' && pictures.gainPicture !== undefined ? (
        frame(
          'gainPicture',
          gainPictureWords.title,
          gainPictureWords.alt,
          gainPictureRatio(record?.gainCheck?.verdict),
          gainPictureWords.help,
        )
      ) : (
        <div className={classes.pair} style={{ '--ratio': `${width / height}fr` } as React.CSSProperties}>
          {role === null ? (
            frame('thumbnail', movieWords.micrograph, uiWords.micrographAlt(row.base), shape)
          ) : (
            <DeepZoom
              sessionKey={key}
              base={row.base}
              role={role}
              version={version}
              ratio={shape}
              alt={uiWords.micrographAlt(row.base)}
              arrows={arrows}
              view={parseZoomView(at)}
              onView={(view) => change({ at: view === null ? undefined : zoomViewText(view) })}
            >
              {verdict === 'rejected' && (
                <span className={classes.rejected}>
                  <VerdictMark verdict={verdict} />
                </span>
              )}
            </DeepZoom>
          )}
          {frame(
            'ctfPicture',
            movieWords.spectrum,
            uiWords.spectrumAlt(row.base),
            '1',
            movieWords.spectrumHelp,
          )}
        </div>
      )}
    </section>
  );
}
