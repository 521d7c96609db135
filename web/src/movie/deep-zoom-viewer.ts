import OpenSeadragon from 'openseadragon';
import type { ZoomView } from './zoom-view.ts';

/** Maximum number of screen pixels per pixel of the image. */
const MAX_ZOOM = 16;
/**
 * A view that differs from the whole image by less than this counts as the whole image; fraction of the width
 * of the image.
 */
const HOME_TOLERANCE = 0.01;
const TILE_TIMEOUT_MS = 60_000;

/** A viewer without OpenSeadragon's own controls. */
export function openViewer(element: HTMLElement): OpenSeadragon.Viewer {
  const viewer = new OpenSeadragon.Viewer({
    element,
    showNavigationControl: false,
    // Not in the tab order: the keyboard shortcuts of the view work wherever the focus is.
    tabIndex: -1,
    drawer: 'canvas',
    animationTime: 0.35,
    springStiffness: 9,
    zoomPerScroll: 1.25,
    maxZoomPixelRatio: MAX_ZOOM,
    minZoomImageRatio: 0.9,
    visibilityRatio: 0.4,
    maxImageCacheCount: 150,
    timeout: TILE_TIMEOUT_MS,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
  });
  viewer.addHandler('canvas-key', (event) => {
    event.preventDefaultAction = true;
  });
  return viewer;
}

/** Whether an image is shown. The viewport is missing for a moment while another image is opened. */
export const isShowingImage = ({ viewport, world }: OpenSeadragon.Viewer): boolean =>
  Boolean(viewport) && world.getItemCount() > 0;

/** The visible part of the image; null if the whole image is visible. */
export function viewOf(viewport: OpenSeadragon.Viewport): ZoomView | null {
  const [bounds, home] = [viewport.getBounds(true), viewport.getHomeBounds()];
  const isHome = (['x', 'y', 'width'] as const).every(
    (side) => Math.abs(bounds[side] - home[side]) < HOME_TOLERANCE,
  );
  const { x, y } = bounds.getCenter();
  return isHome ? null : { x, y, width: bounds.width };
}

export function setView(viewport: OpenSeadragon.Viewport, { x, y, width }: ZoomView): void {
  viewport.zoomTo(1 / width, undefined, true);
  viewport.panTo(new OpenSeadragon.Point(x, y), true);
  viewport.applyConstraints(true);
}
