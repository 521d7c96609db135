import { IconPhotoOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.ts';
import classes from './picture.module.css';

/**
 * An image in a box of fixed aspect ratio, so that the layout does not change when it loads; or the text
 * `missing`.
 */
export function Picture(props: {
  src: string | null;
  alt: string;
  ratio?: string;
  fit?: 'cover' | 'contain';
  missing: string;
}) {
  const [failedAttempt, setFailedAttempt] = useState<string | null>(null);
  const openedCount = useObservable(useServices().connections.openedCount);
  const attempt = `${openedCount} ${props.src}`;
  const { src } = props;
  return (
    <div className={classes.box} style={{ aspectRatio: props.ratio ?? '1' }}>
      {src === null || failedAttempt === attempt ? (
        <span className={classes.missing}>
          <IconPhotoOff size={22} stroke={1.4} aria-hidden />
          {props.missing}
        </span>
      ) : (
        <img
          src={src}
          alt={props.alt}
          loading="lazy"
          decoding="async"
          style={{ objectFit: props.fit ?? 'cover' }}
          onError={() => setFailedAttempt(attempt)}
        />
      )}
    </div>
  );
}
