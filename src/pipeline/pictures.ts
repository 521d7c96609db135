import { renderCombined } from '../engine/pictures/combined.ts';
import { renderCtfPicture } from '../engine/pictures/ctf-picture.ts';
import { renderGainPicture } from '../engine/pictures/gain-picture.ts';
import { renderThumbnail } from '../engine/pictures/thumbnail.ts';

/** Functions that render pictures; each returns the bytes of a JPEG file. */
export interface Pictures {
  thumbnail: typeof renderThumbnail;
  ctf: typeof renderCtfPicture;
  combined: typeof renderCombined;
  gain: typeof renderGainPicture;
}

export const enginePictures: Pictures = {
  thumbnail: renderThumbnail,
  ctf: renderCtfPicture,
  combined: renderCombined,
  gain: renderGainPicture,
};
