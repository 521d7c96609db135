import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { SessionKey } from '../../../src/contract/api.ts';
import type { TileRole } from '../../../src/contract/tiles.ts';
import { TILE_RANGE_SIGMA } from '../../../src/contract/tiles.ts';
import { tilesPath } from '../api/paths.ts';
import { tileInfoQuery } from '../api/queries.ts';
import { fixed } from '../data/format.ts';
import { type ScaleBar, scaleBar } from '../plots/scale-bar.ts';
import { uiWords } from '../ui/words.ts';
import classes from './deep-zoom.module.css';
import type { LocalArrows } from './local-motion.ts';
import { useDeepZoom, type ZoomPlace } from './use-deep-zoom.ts';
import { zoomWords } from './words.ts';
import { useZoomLook, type ZoomLook } from './zoom-look.ts';
import { ZoomTools } from './zoom-tools.tsx';
import type { ZoomView } from './zoom-view.ts';

const LONGEST_BAR_PX = 150;

/** Contrast and brightness are the screen's affair: no tile is asked for again. */
const filterOf = ({ sigmas, brightness, inverted }: ZoomLook) =>
  `brightness(${1 + brightness}) contrast(${TILE_RANGE_SIGMA / sigmas})${inverted ? ' invert(1)' : ''}`;

/** A micrograph to look into: pan, zoom, pinch, contrast, low-pass, scale bar, local motion. */
export function DeepZoom(props: {
  sessionKey: SessionKey;
  base: string;
  role: TileRole;
  /** Changes when the movie is done anew. */
  version: number;
  ratio: string;
  alt: string;
  arrows: LocalArrows | null;
  /** Where it begins; null: as a whole. */
  view: ZoomView | null;
  onView: (view: ZoomView | null) => void;
  children?: React.ReactNode;
}) {
  const { sessionKey, base, role, version, arrows } = props;
  const info = useQuery(tileInfoQuery(sessionKey, base, role, version));
  const { look, change, reset } = useZoomLook();
  const holder = useRef<HTMLDivElement>(null);
  const layer = useRef<SVGGElement>(null);
  const [bar, setBar] = useState<ScaleBar | null>(null);
  const pixelSizeA = info.data?.pixelSizeA ?? null;
  const controls = useDeepZoom(holder, {
    info: info.data ?? null,
    path: tilesPath(sessionKey, base, role),
    lowPassA: pixelSizeA === null ? null : look.lowPassA,
    version,
    view: props.view,
    onView: props.onView,
    onPlace: ({ left, top, scale }: ZoomPlace) => {
      layer.current?.setAttribute('transform', `translate(${left} ${top}) scale(${scale})`);
      if (pixelSizeA === null) return;
      const next = scaleBar(pixelSizeA / scale, LONGEST_BAR_PX);
      setBar((now) => (now?.label === next.label && Math.abs(now.px - next.px) < 0.5 ? now : next));
    },
  });
  return (
    <div>
      <ZoomTools
        look={look}
        change={change}
        reset={reset}
        controls={controls}
        holder={holder}
        withLowPass={pixelSizeA !== null}
        arrows={arrows}
      />
      <div className={classes.frame} style={{ '--frame-ratio': props.ratio } as React.CSSProperties}>
        <div
          ref={holder}
          className={classes.holder}
          style={{ '--zoom-filter': filterOf(look) } as React.CSSProperties}
          role="img"
          aria-label={props.alt}
          data-inverted={look.inverted}
        />
        {info.isError && <p className={classes.missing}>{uiWords.noPicture}</p>}
        {arrows && look.withArrows && (
          <svg className={classes.overlay} role="img" aria-label={zoomWords.arrowsAlt(arrows.arrows.length)}>
            <title>{zoomWords.arrowsAlt(arrows.arrows.length)}</title>
            <defs>
              <marker
                id="head"
                viewBox="0 0 8 8"
                refX="5"
                refY="4"
                markerWidth="5"
                markerHeight="5"
                orient="auto"
              >
                <path d="M0 0 L8 4 L0 8 z" className={classes.head} />
              </marker>
            </defs>
            <g ref={layer}>
              {arrows.arrows.map(({ path }) => {
                const points = path.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
                return (
                  <g key={points}>
                    <polyline points={points} className={classes.halo} />
                    <polyline points={points} className={classes.arrow} markerEnd="url(#head)" />
                    <path d={`M${path[0]?.join(' ')} l0.001 0`} className={classes.start} />
                  </g>
                );
              })}
            </g>
          </svg>
        )}
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
        {arrows && look.withArrows && (
          <span className={classes.note}>
            {zoomWords.arrowsNote(arrows.exaggeration, fixed(arrows.largestA, 1, 'Å'))}
          </span>
        )}
        {props.children}
      </div>
    </div>
  );
}
