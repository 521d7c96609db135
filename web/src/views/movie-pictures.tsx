import { SegmentedControl } from '@mantine/core';
import { IconMaximize } from '@tabler/icons-react';
import { useState } from 'react';
import type { MovieDetail } from '../../../src/contract/api.ts';
import { Picture } from '../parts/picture.tsx';
import { text } from '../text.ts';
import classes from './movie.module.css';

type Shown = 'pair' | 'combined';

/** Micrograph and spectrum side by side; or the combined picture that people know from the predecessor. */
export function MoviePictures({ detail }: { detail: MovieDetail }) {
  const [shown, setShown] = useState<Shown>('pair');
  const { pictures, row, record } = detail;
  const source = (role: string) => {
    const path = pictures[role];
    return path === undefined ? null : `${path}?v=${Date.parse(record?.finishedAt ?? '') || 0}`;
  };
  const statistics = record?.statistics ?? null;
  const { width, height } = statistics ?? { width: 1, height: 1 };
  // Side by side the two are equally high, whatever the camera's shape.
  const shape = `${width} / ${height}`;
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
      {pictures.combined !== undefined && (
        <SegmentedControl
          className="no-print"
          size="xs"
          value={shown}
          onChange={(value) => setShown(value as Shown)}
          data={[
            { value: 'pair', label: `${text.movie.micrograph} + ${text.movie.spectrum.toLowerCase()}` },
            { value: 'combined', label: text.movie.combined },
          ]}
        />
      )}
      {shown === 'combined' && pictures.combined !== undefined ? (
        frame('combined', text.movie.combined, text.movie.combinedAlt(row.base), '2 / 1')
      ) : (
        <div className={classes.pair} style={{ '--ratio': `${width / height}fr` } as React.CSSProperties}>
          {frame('thumbnail', text.movie.micrograph, text.movie.micrographAlt(row.base), shape)}
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
