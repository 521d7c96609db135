import { useQuery } from '@tanstack/react-query';
import { type CSSProperties, type ReactNode, useRef, useState } from 'react';
import type { SessionKey } from '../../../src/contract/api.ts';
import type { TileRole } from '../../../src/contract/tiles.ts';
import { TILE_RANGE_SIGMA } from '../../../src/contract/tiles.ts';
import { tilesPath } from '../api/paths.ts';
import { tileInfoQuery } from '../api/queries.ts';
import { numberText } from '../data/format.ts';
import { type ScaleBar, scaleBar } from '../plots/scale-bar.ts';
import { uiWords } from '../ui/words.ts';
import classes from './deep-zoom.module.css';
import { type DisplaySettings, useDisplaySettings } from './display-settings.ts';
import type { LocalArrows } from './local-motion.ts';
import { MotionArrows } from './motion-arrows.tsx';
import { useDeepZoom } from './use-deep-zoom.ts';
import { zoomWords } from './words.ts';
import { ZoomTools } from './zoom-tools.tsx';
import type { ZoomView } from './zoom-view.ts';

const MAX_BAR_PX = 150;
/** The scale bar is drawn again only if its length changes by at least this. */
const MIN_BAR_CHANGE_PX = 0.5;

/** The browser applies contrast and brightness, so that no tile is requested again. */
const filterOf = ({ sigmas, brightness, inverted }: DisplaySettings) =>
  `brightness(${1 + brightness}) contrast(${TILE_RANGE_SIGMA / sigmas})${inverted ? ' invert(1)' : ''}`;

/** A micrograph in deep zoom: pan, zoom, pinch, contrast, low-pass filter, scale bar, local motion. */
export function DeepZoom(props: {
  sessionKey: SessionKey;
  base: string;
  role: TileRole;
  /** Changes when the movie is reprocessed. */
  version: number;
  ratio: string;
  alt: string;
  arrows: LocalArrows | null;
  /** The part that is visible at first; null: the whole micrograph. */
  view: ZoomView | null;
  onView: (view: ZoomView | null) => void;
  children?: ReactNode;
}) {
  const { sessionKey, base, role, version } = props;
  const info = useQuery(tileInfoQuery(sessionKey, base, role, version));
  const { settings, change, reset } = useDisplaySettings();
  const holder = useRef<HTMLDivElement>(null);
  const layer = useRef<SVGGElement>(null);
  const [bar, setBar] = useState<ScaleBar | null>(null);
  const pixelSizeA = info.data?.pixelSizeA ?? null;
  const controls = useDeepZoom(holder, {
    info: info.data ?? null,
    path: tilesPath(sessionKey, base, role),
    lowPassA: pixelSizeA === null ? null : settings.lowPassA,
    version,
    view: props.view,
    onView: props.onView,
    onMove: ({ left, top, scale }) => {
      layer.current?.setAttribute('transform', `translate(${left} ${top}) scale(${scale})`);
      if (pixelSizeA === null) return;
      const next = scaleBar(pixelSizeA / scale, MAX_BAR_PX);
      const isSame = (current: ScaleBar) =>
        current.label === next.label && Math.abs(current.px - next.px) < MIN_BAR_CHANGE_PX;
      setBar((current) => (current !== null && isSame(current) ? current : next));
    },
  });
  const arrows = settings.withArrows ? props.arrows : null;
  return (
    <div>
      <ZoomTools
        settings={settings}
        change={change}
        reset={reset}
        controls={controls}
        holder={holder}
        isPixelSizeKnown={pixelSizeA !== null}
        arrows={props.arrows}
      />
      <div className={classes.frame} style={{ '--frame-ratio': props.ratio } as CSSProperties}>
        <div
          ref={holder}
          className={classes.holder}
          style={{ '--zoom-filter': filterOf(settings) } as CSSProperties}
          role="img"
          aria-label={props.alt}
          data-inverted={settings.inverted}
        />
        {info.isError && <p className={classes.missing}>{uiWords.noPicture}</p>}
        {arrows && <MotionArrows arrows={arrows.arrows} layer={layer} />}
        {bar && (
          <span
            className={classes.bar}
            style={{ width: bar.px }}
            role="img"
            aria-label={uiWords.scaleBarAlt(bar.label)}
          >
            {bar.label}
          </span>
        )}
        {arrows && (
          <span className={classes.note}>
            {zoomWords.arrowsNote(arrows.exaggeration, numberText(arrows.largestA, 1, 'Å'))}
          </span>
        )}
        {props.children}
      </div>
    </div>
  );
}
