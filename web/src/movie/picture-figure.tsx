import { IconMaximize } from '@tabler/icons-react';
import type { MovieDetail } from '../../../src/contract/api.ts';
import { Picture } from '../ui/picture.tsx';
import { uiWords } from '../ui/words.ts';
import classes from './movie.module.css';
import { movieWords } from './words.ts';

/** Changes when the movie is reprocessed, so that the browser loads its images again. */
export const pictureVersion = ({ record }: MovieDetail): number => Date.parse(record?.finishedAt ?? '') || 0;

/** An image of a movie with its title, a note, and a link to its full size. */
export function PictureFigure(props: {
  detail: MovieDetail;
  /** Key of the image in the response of the service. */
  picture: string;
  title: string;
  alt: string;
  /** Width / height. */
  ratio: string;
  note?: string;
}) {
  const { detail, title, note } = props;
  const path = detail.pictures[props.picture];
  const src = path === undefined ? null : `${path}?v=${pictureVersion(detail)}`;
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
        <Picture src={src} alt={props.alt} ratio={props.ratio} fit="contain" missing={uiWords.noPicture} />
      </div>
    </figure>
  );
}
