/** Minimum width of an image for each size that can be chosen, px. */
const GALLERY_WIDTHS_PX = { s: 110, m: 172, l: 300 } as const;
export type GallerySize = keyof typeof GALLERY_WIDTHS_PX;
export const GALLERY_SIZES = ['s', 'm', 'l'] as const satisfies readonly GallerySize[];

export const GALLERY_GAP_PX = 10;
const MIN_COLUMNS = 2;

/**
 * Number of columns of the gallery, and width of an image.
 * @param width - of the page, px; 0 before it is known
 */
export function galleryLayout(width: number, size: GallerySize): { columns: number; cellPx: number } {
  const widthPx = GALLERY_WIDTHS_PX[size];
  const columns = Math.max(MIN_COLUMNS, Math.floor((width + GALLERY_GAP_PX) / (widthPx + GALLERY_GAP_PX)));
  return { columns, cellPx: width > 0 ? (width - GALLERY_GAP_PX * (columns - 1)) / columns : widthPx };
}
