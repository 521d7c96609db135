import { useSearch } from '@tanstack/react-router';
import { type CSSProperties, useMemo } from 'react';
import type { MovieDetail } from '../../../src/contract/api.ts';
import type { ResultRecord } from '../../../src/contract/record.ts';
import type { Verdict } from '../../../src/contract/review.ts';
import type { TileRole } from '../../../src/contract/tiles.ts';
import { useSessionKey } from '../state/session-context.ts';
import { useSearchChange } from '../ui/use-search-change.ts';
import { VerdictMark } from '../ui/verdict-mark.tsx';
import { uiWords } from '../ui/words.ts';
import { DeepZoom } from './deep-zoom.tsx';
import { localArrows } from './local-motion.ts';
import classes from './movie.module.css';
import { PictureFigure, pictureVersion } from './picture-figure.tsx';
import { movieWords } from './words.ts';
import { parseZoomView, zoomViewText } from './zoom-view.ts';

/** Micrograph and power spectrum side by side at the same height, whatever the aspect ratio. */
export function MicrographPair({ detail, verdict }: { detail: MovieDetail; verdict: Verdict | null }) {
  const key = useSessionKey();
  const { at } = useSearch({ strict: false });
  const change = useSearchChange();
  const { row, record } = detail;
  const arrows = useMemo(() => (record === null ? null : localArrows(record)), [record]);
  const { width, height } = record?.statistics ?? { width: 1, height: 1 };
  const ratio = `${width} / ${height}`;
  const role = micrographRole(record);
  const alt = uiWords.micrographAlt(row.base);
  return (
    <div className={classes.pair} style={{ '--ratio': `${width / height}fr` } as CSSProperties}>
      {role === null ? (
        <PictureFigure
          detail={detail}
          picture="thumbnail"
          title={movieWords.micrograph}
          alt={alt}
          ratio={ratio}
        />
      ) : (
        <DeepZoom
          sessionKey={key}
          base={row.base}
          role={role}
          version={pictureVersion(detail)}
          ratio={ratio}
          alt={alt}
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
      <PictureFigure
        detail={detail}
        picture="ctfPicture"
        title={movieWords.spectrum}
        alt={uiWords.spectrumAlt(row.base)}
        ratio="1"
        note={movieWords.spectrumHelp}
      />
    </div>
  );
}

/** The dose-weighted micrograph if there is one; null if there is no micrograph. */
function micrographRole(record: ResultRecord | null): TileRole | null {
  if (record?.files.doseWeighted) return 'doseWeighted';
  return record?.files.sum ? 'sum' : null;
}
