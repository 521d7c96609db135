import { SegmentedControl } from '@mantine/core';
import { IconMaximize } from '@tabler/icons-react';
import { useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { MovieDetail } from '../../../src/contract/api.ts';
import type { Verdict } from '../../../src/contract/review.ts';
import { MOVIE_PICTURES } from '../data/shown.ts';
import { gainPictureRatio } from '../gain/gain.ts';
import { useSessionKey } from '../session/session-layout.tsx';
import { Picture } from '../ui/picture.tsx';
import { text } from '../ui/text.ts';
import { useSearchChange } from '../ui/use-search-change.ts';
import { VerdictMark } from '../ui/verdict-mark.tsx';
import { DeepZoom } from './deep-zoom.tsx';
import { localArrows } from './local-motion.ts';
import classes from './movie.module.css';
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
    { value: PAIR, label: `${text.movie.micrograph} + ${text.movie.spectrum.toLowerCase()}` },
    { value: 'combined', label: text.movie.combined },
    { value: 'gainPicture', label: text.session.tabs.gain },
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
              aria-label={`${text.movie.fullSize}: ${title}`}
            >
              <IconMaximize size={16} />
            </a>
          )}
        </figcaption>
        <div className={classes.frame}>
          <Picture src={src} alt={alt} ratio={ratio} fit="contain" missing={text.movie.noPicture} />
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
          aria-label={text.movie.pictures}
          value={shown}
          onChange={setShown}
          data={choices}
        />
      )}
      {shown === 'combined' && pictures.combined !== undefined ? (
        frame('combined', text.movie.combined, text.movie.combinedAlt(row.base), '2 / 1')
      ) : shown === 'gainPicture' && pictures.gainPicture !== undefined ? (
        frame(
          'gainPicture',
          text.gain.picture,
          text.gain.pictureAlt,
          gainPictureRatio(record?.gainCheck?.verdict),
          text.gain.pictureHelp,
        )
      ) : (
        <div className={classes.pair} style={{ '--ratio': `${width / height}fr` } as React.CSSProperties}>
          {role === null ? (
            frame('thumbnail', text.movie.micrograph, text.movie.micrographAlt(row.base), shape)
          ) : (
            <DeepZoom
              sessionKey={key}
              base={row.base}
              role={role}
              version={version}
              ratio={shape}
              alt={text.movie.micrographAlt(row.base)}
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
            text.movie.spectrum,
            text.movie.spectrumAlt(row.base),
            '1',
            text.movie.spectrumHelp,
          )}
        </div>
      )}
    </section>
  );
}
