import OpenSeadragon from 'openseadragon';
import { type RefObject, useEffect, useRef } from 'react';
import { lowPassPower, TILE_PX, type TileInfo } from '../../../src/contract/tiles.ts';
import type { ZoomView } from './zoom-view.ts';

/** Screen pixels per pixel of the image at most. */
const MOST_ZOOM = 16;
/** What is in sight is told when it has rested as long. */
const REST_MS = 250;
/** Parts of the image by which a view may differ from the whole image and still be it. */
const HOME_TOLERANCE = 0.01;

export interface ZoomPlace {
  /** Screen position of the image's upper left corner, and screen pixels per pixel of the image. */
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

/** Zoom in and out by a step, or back to the whole image. */
export interface ZoomControls {
  by(factor: number): void;
  home(): void;
}

interface DeepZoomOptions {
  readonly info: TileInfo | null;
  /** Path of the tiles, without power and place. */
  readonly path: string;
  readonly lowPassA: number | null;
  /** Changes when the image is made anew. */
  readonly version: number;
  /** Where an image begins that comes to the screen; null: as a whole. */
  readonly view: ZoomView | null;
  /** Called in every frame in which the image moves. */
  readonly onPlace: (place: ZoomPlace) => void;
  /** Called when the image rests again; null: it is seen as a whole. */
  readonly onView: (view: ZoomView | null) => void;
}

type Source = Pick<DeepZoomOptions, 'path' | 'lowPassA' | 'version'> & { info: TileInfo };

function sourceOf({ info, path, lowPassA, version }: Source) {
  const finest = lowPassA === null ? 0 : lowPassPower(info, lowPassA);
  const query = `?v=${version}${lowPassA === null ? '' : `&lowpass=${lowPassA}`}`;
  return {
    width: Math.ceil(info.width / 2 ** finest),
    height: Math.ceil(info.height / 2 ** finest),
    tileSize: TILE_PX,
    tileOverlap: 0,
    minLevel: 0,
    maxLevel: info.maxPower - finest,
    getTileUrl: (level: number, x: number, y: number) => `${path}/${info.maxPower - level}/${x}/${y}${query}`,
  };
}

/** Null where the whole image is in sight as it is at first. */
function viewOf(viewport: OpenSeadragon.Viewport): ZoomView | null {
  const [bounds, home] = [viewport.getBounds(true), viewport.getHomeBounds()];
  const isHome = (['x', 'y', 'width'] as const).every(
    (side) => Math.abs(bounds[side] - home[side]) < HOME_TOLERANCE,
  );
  const { x, y } = bounds.getCenter();
  return isHome ? null : { x, y, width: bounds.width };
}

function show(viewport: OpenSeadragon.Viewport, { x, y, width }: ZoomView): void {
  viewport.zoomTo(1 / width, undefined, true);
  viewport.panTo(new OpenSeadragon.Point(x, y), true);
  viewport.applyConstraints(true);
}

/** An image in deep zoom in `holder`: drag, wheel, pinch and double-click by OpenSeadragon; its keys are left to the page. */
export function useDeepZoom(holder: RefObject<HTMLElement | null>, options: DeepZoomOptions) {
  const viewer = useRef<OpenSeadragon.Viewer | null>(null);
  const shown = useRef({ path: '', width: 0 });
  const current = useRef(options);
  const telling = useRef<ReturnType<typeof setTimeout>>(undefined);
  current.current = options;
  const { info, path, lowPassA, version } = options;
  const imageWidth = info?.width ?? 1;
  const width = useRef(imageWidth);
  width.current = imageWidth;

  useEffect(() => {
    const opened = new OpenSeadragon.Viewer({
      element: holder.current!,
      showNavigationControl: false,
      // Its keys are the view's, wherever the focus is: a stop there would do nothing.
      tabIndex: -1,
      drawer: 'canvas',
      animationTime: 0.35,
      springStiffness: 9,
      zoomPerScroll: 1.25,
      maxZoomPixelRatio: MOST_ZOOM,
      minZoomImageRatio: 0.9,
      visibilityRatio: 0.4,
      maxImageCacheCount: 150,
      timeout: 60_000,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    });
    opened.addHandler('canvas-key', (event) => {
      event.preventDefaultAction = true;
    });
    opened.addHandler('update-viewport', () => {
      const { viewport } = opened;
      if (!viewport || opened.world.getItemCount() === 0) return;
      const corner = viewport.pixelFromPoint(new OpenSeadragon.Point(0, 0), true);
      const end = viewport.pixelFromPoint(new OpenSeadragon.Point(1, 0), true);
      current.current.onPlace({ left: corner.x, top: corner.y, scale: (end.x - corner.x) / width.current });
    });
    opened.addHandler('animation-start', () => clearTimeout(telling.current));
    opened.addHandler('animation-finish', () => {
      clearTimeout(telling.current);
      telling.current = setTimeout(() => current.current.onView(viewOf(opened.viewport)), REST_MS);
    });
    viewer.current = opened;
    return () => {
      clearTimeout(telling.current);
      viewer.current = null;
      shown.current = { path: '', width: 0 };
      opened.destroy();
    };
  }, [holder]);

  useEffect(() => {
    const opened = viewer.current;
    if (!opened || info === null) return;
    // The same micrograph in another guise stays where it is on the screen.
    const stays = shown.current.path === path && opened.world.getItemCount() > 0;
    const bounds = stays ? opened.viewport.getBounds() : null;
    // What was in sight of another micrograph is nothing of this one.
    if (!stays) clearTimeout(telling.current);
    shown.current = { path, width: info.width };
    const source = sourceOf({ info, path, lowPassA, version });
    const { view } = current.current;
    opened.addOnceHandler('open', () => {
      if (bounds !== null) opened.viewport.fitBounds(bounds, true);
      else if (view !== null) show(opened.viewport, view);
    });
    opened.open({ tileSource: source } as unknown as OpenSeadragon.TileSourceSpecifier);
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
