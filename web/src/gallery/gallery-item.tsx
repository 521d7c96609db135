import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { picturePath } from '../api/paths.ts';
import { metricText, shortName } from '../data/format.ts';
import type { Selection } from '../data/selection.ts';
import type { Series } from '../data/series.ts';
import { isFaint } from '../data/trust.ts';
import { NONE } from '../data/words.ts';
import { useSessionKey } from '../state/session-context.ts';
import { Picture } from '../ui/picture.tsx';
import { TrustNote } from '../ui/trust-note.tsx';
import { VerdictMark } from '../ui/verdict-mark.tsx';
import { uiWords } from '../ui/words.ts';
import classes from './gallery.module.css';
import { galleryWords } from './words.ts';

/** Width of a character of the name. */
const CHARACTER_PX = 8;
const MIN_CHARACTERS = 12;

/** One micrograph of the gallery, with its review. */
export function GalleryItem(props: {
  series: Series;
  base: string;
  /** Width of an image. */
  cellPx: number;
  /** Whether the keys act on this movie. */
  isCurrent: boolean;
  selection: Selection | null;
  /** Called when it gets the focus by keyboard. */
  onFocus: () => void;
}) {
  const { series, base, cellPx, isCurrent, selection } = props;
  const key = useSessionKey();
  const link = useRef<HTMLAnchorElement>(null);
  // The focus follows the keys; the list has already been scrolled.
  useEffect(() => {
    if (isCurrent) link.current?.focus({ preventScroll: true });
  }, [isCurrent]);
  const index = series.indexOf(base);
  const isSelected = index !== undefined && selection !== null && selection.mask[index] === 1;
  const confidence = index === undefined ? null : series.value('confidence', index);
  const value = (metric: 'defocus' | 'fitResolution') =>
    index === undefined ? NONE : metricText(metric, series.value(metric, index));
  return (
    <Link
      ref={link}
      onFocus={(event) => event.currentTarget.matches(':focus-visible') && props.onFocus()}
      className={classes.item}
      data-at={isCurrent}
      data-picked={isSelected}
      to="/s/$project/$user/$session/movie/$base"
      params={{ ...key, base }}
      title={base}
      preload={false}
    >
      <span className="visually-hidden">{galleryWords.item(base)}</span>
      <span className={classes.picture}>
        <Picture
          src={picturePath(key, base, 'thumbnail', index === undefined ? null : series.finishedMs(index))}
          alt=""
          missing={uiWords.noPicture}
        />
        <VerdictMark verdict={index === undefined ? null : series.verdict(index)} />
      </span>
      <span className={classes.caption}>
        <b className={isFaint(confidence) ? 'faint' : undefined}>
          {value('defocus')} · {value('fitResolution')}
        </b>
        <span className={classes.secondLine}>
          <TrustNote confidence={confidence} />
          <span className="muted truncate" aria-hidden>
            {shortName(base, Math.max(MIN_CHARACTERS, Math.floor(cellPx / CHARACTER_PX)))}
          </span>
        </span>
      </span>
    </Link>
  );
}
