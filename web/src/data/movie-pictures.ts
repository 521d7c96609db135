/** Images that the movie view can show in place of micrograph and power spectrum. */
export const MOVIE_PICTURES = ['combined', 'gainPicture'] as const;
export type MoviePicture = (typeof MOVIE_PICTURES)[number];
