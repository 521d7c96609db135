import OpenSeadragon from 'openseadragon';
import { type RefObject, useEffect, useRef } from 'react';
import type { TileInfo } from '../../../src/contract/tiles.ts';
import { isShowingImage, openViewer, setView, viewOf } from './deep-zoom-viewer.ts';
import { tileSource } from './tile-source.ts';
import type { ZoomView } from './zoom-view.ts';

/** The visible part is reported when the image has not moved for this long. */
const REPORT_DELAY_MS = 250;

/** Position of the image on the screen. */
interface ImagePosition {
  /** Upper left corner of the image, px. */
  readonly left: number;
  readonly top: number;
  /** Screen pixels per pixel of the image. */
  readonly scale: number;
}

export interface ZoomControls {
  zoomBy(factor: number): void;
  /** Shows the whole image. */
  goHome(): void;
}

interface DeepZoomOptions {
  readonly info: TileInfo | null;
  /** Path of the tiles, without level and position. */
  readonly path: string;
  readonly lowPassA: number | null;
  /** Changes when the image is regenerated. */
  readonly version: number;
  /** Visible part of an image when it is opened; null: the whole image. */
  readonly view: ZoomView | null;
  /** Called in every animation frame in which the image moves. */
  readonly onMove: (position: ImagePosition) => void;
  /** Called when the image has stopped moving; null: the whole image is visible. */
  readonly onView: (view: ZoomView | null) => void;
}

/**
 * An image in deep zoom in `holder`. OpenSeadragon handles drag, wheel, pinch and double-click; the
 * page handles the keys.
 */
export function useDeepZoom(holder: RefObject<HTMLElement | null>, options: DeepZoomOptions): ZoomControls {
  const viewer = useRef<OpenSeadragon.Viewer | null>(null);
  const shownPath = useRef('');
  const reportTimer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latestOptions = useRef(options);
  latestOptions.current = options;
  const { info, path, lowPassA, version } = options;
  const imageWidth = useRef(1);
  imageWidth.current = info?.width ?? 1;

  useEffect(() => {
    if (holder.current === null) return;
    const newViewer = openViewer(holder.current);
    newViewer.addHandler('update-viewport', () => {
      if (!isShowingImage(newViewer)) return;
      const { viewport } = newViewer;
      const upperLeft = viewport.pixelFromPoint(new OpenSeadragon.Point(0, 0), true);
      const upperRight = viewport.pixelFromPoint(new OpenSeadragon.Point(1, 0), true);
      const scale = (upperRight.x - upperLeft.x) / imageWidth.current;
      latestOptions.current.onMove({ left: upperLeft.x, top: upperLeft.y, scale });
    });
    newViewer.addHandler('animation-start', () => clearTimeout(reportTimer.current));
    newViewer.addHandler('animation-finish', () => {
      clearTimeout(reportTimer.current);
      reportTimer.current = setTimeout(
        () => latestOptions.current.onView(viewOf(newViewer.viewport)),
        REPORT_DELAY_MS,
      );
    });
    viewer.current = newViewer;
    return () => {
      clearTimeout(reportTimer.current);
      viewer.current = null;
      shownPath.current = '';
      newViewer.destroy();
    };
  }, [holder]);

  useEffect(() => {
    const currentViewer = viewer.current;
    if (!currentViewer || info === null) return;
    // The same micrograph with a different filter keeps its position on the screen.
    const isSameImage = shownPath.current === path && currentViewer.world.getItemCount() > 0;
    const bounds = isSameImage ? currentViewer.viewport.getBounds() : null;
    // A pending report of the previous micrograph's view must not be attributed to this one.
    if (!isSameImage) clearTimeout(reportTimer.current);
    shownPath.current = path;
    const { view } = latestOptions.current;
    currentViewer.addOnceHandler('open', () => {
      if (bounds !== null) currentViewer.viewport.fitBounds(bounds, true);
      else if (view !== null) setView(currentViewer.viewport, view);
    });
    currentViewer.open(tileSource({ info, path, lowPassA, version }));
  }, [info, path, lowPassA, version]);

  const controls = useRef<ZoomControls>({
    zoomBy: (factor) => {
      viewer.current?.viewport?.zoomBy(factor);
      viewer.current?.viewport?.applyConstraints();
    },
    goHome: () => viewer.current?.viewport?.goHome(),
  });
  return controls.current;
}
