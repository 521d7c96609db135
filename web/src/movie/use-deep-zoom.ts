import OpenSeadragon from 'openseadragon';
import { type RefObject, useEffect, useRef } from 'react';
import type { TileInfo } from '../../../src/contract/tiles.ts';
import { isShowingImage, openViewer, setView, viewOf } from './deep-zoom-viewer.ts';
import { tileSource } from './tile-source.ts';
import type { ZoomView } from './zoom-view.ts';

/** The visible part is reported after the image has not moved for this long. */
const REST_MS = 250;

/** Position of the image on the screen. */
interface ImagePosition {
  /** Upper left corner of the image, px. */
  readonly left: number;
  readonly top: number;
  /** Screen pixels per pixel of the image. */
  readonly scale: number;
}

/** Zooms by a factor, or back to the whole image. */
export interface ZoomControls {
  by(factor: number): void;
  home(): void;
}

interface DeepZoomOptions {
  readonly info: TileInfo | null;
  /** Path of the tiles, without power and position. */
  readonly path: string;
  readonly lowPassA: number | null;
  /** Changes when the image is made again. */
  readonly version: number;
  /** Visible part of an image when it opens; null: all of it. */
  readonly view: ZoomView | null;
  /** Called in every frame in which the image moves. */
  readonly onMove: (position: ImagePosition) => void;
  /** Called when the image has stopped; null: all of it is visible. */
  readonly onView: (view: ZoomView | null) => void;
}

/**
 * An image in deep zoom in `holder`: drag, wheel, pinch and double-click by OpenSeadragon, keys by the page.
 */
export function useDeepZoom(holder: RefObject<HTMLElement | null>, options: DeepZoomOptions): ZoomControls {
  const viewer = useRef<OpenSeadragon.Viewer | null>(null);
  const shownPath = useRef('');
  const reporting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const current = useRef(options);
  current.current = options;
  const { info, path, lowPassA, version } = options;
  const imageWidth = useRef(1);
  imageWidth.current = info?.width ?? 1;

  useEffect(() => {
    if (holder.current === null) return;
    const opened = openViewer(holder.current);
    opened.addHandler('update-viewport', () => {
      if (!isShowingImage(opened)) return;
      const { viewport } = opened;
      const corner = viewport.pixelFromPoint(new OpenSeadragon.Point(0, 0), true);
      const end = viewport.pixelFromPoint(new OpenSeadragon.Point(1, 0), true);
      const scale = (end.x - corner.x) / imageWidth.current;
      current.current.onMove({ left: corner.x, top: corner.y, scale });
    });
    opened.addHandler('animation-start', () => clearTimeout(reporting.current));
    opened.addHandler('animation-finish', () => {
      clearTimeout(reporting.current);
      reporting.current = setTimeout(() => current.current.onView(viewOf(opened.viewport)), REST_MS);
    });
    viewer.current = opened;
    return () => {
      clearTimeout(reporting.current);
      viewer.current = null;
      shownPath.current = '';
      opened.destroy();
    };
  }, [holder]);

  useEffect(() => {
    const opened = viewer.current;
    if (!opened || info === null) return;
    // The same micrograph with another filter stays at its position on the screen.
    const stays = shownPath.current === path && opened.world.getItemCount() > 0;
    const bounds = stays ? opened.viewport.getBounds() : null;
    // The view of another micrograph must not be reported as that of this one.
    if (!stays) clearTimeout(reporting.current);
    shownPath.current = path;
    const { view } = current.current;
    opened.addOnceHandler('open', () => {
      if (bounds !== null) opened.viewport.fitBounds(bounds, true);
      else if (view !== null) setView(opened.viewport, view);
    });
    opened.open(tileSource({ info, path, lowPassA, version }));
  }, [info, path, lowPassA, version]);

  const controls = useRef<ZoomControls>({
    by: (factor) => {
      viewer.current?.viewport?.zoomBy(factor);
      viewer.current?.viewport?.applyConstraints();
    },
    home: () => viewer.current?.viewport?.goHome(),
  });
  return controls.current;
}
