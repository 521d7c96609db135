import type { GainUse } from '../../../src/contract/gain-check.ts';
import { plural } from '../data/words.ts';

export const gainWords = {
  title: 'Gain reference',
  loadFailed: 'The gain check could not be loaded.',
  verdicts: {
    no_gain: 'no gain',
    pending: 'not checked yet',
    agrees: 'correct orientation',
    contradicts: 'wrong orientation',
    absent: 'pattern not found',
    thin: 'inconclusive',
  },
  alert: {
    contradicts: 'Wrong gain orientation',
    absent: 'The gain reference does not match these movies',
  },
  inverted: 'inverted gain',
  invertedAlert: 'Inverted gain reference',
  show: 'Show details',
  reference: 'Reference',
  set: 'In use',
  best: 'Best match',
  inconclusive: 'inconclusive',
  margin: 'Margin over the next best',
  marginOf: (margin: string, error: string) => `${margin} (standard error of each score: ${error})`,
  evidence: 'Based on',
  evidenceOf: (movies: number) => (movies === 0 ? 'no movies yet' : plural(movies, 'movie')),
  scores: 'Orientations',
  scoresHelp:
    'How strongly the uncorrected counts show the pattern of the reference in each orientation: 1 fully, 0 not at all, -1 its inverse. The last bar, “none (pattern not found)”, is 1 minus the best score.',
  noScores: 'Scores appear here after the first movie.',
  orientation: (rotate: number, flip: number) =>
    [
      rotate === 0 ? '' : rotate === 2 ? 'rotated by 180°' : `rotated by ${90 * rotate}° counter-clockwise`,
      ['', 'flipped vertically', 'flipped horizontally'][flip],
    ]
      .filter(Boolean)
      .join(', ') || 'as in the file',
  setting: ({ rotate, flip, sense }: GainUse) =>
    `rotgain ${rotate}, flipgain ${flip}${sense === undefined ? '' : `, gain_sense ${sense}`}`,
  none: 'none (pattern not found)',
  tagSet: 'in use',
  tagBest: 'best',
  pictureOf: 'From',
  noPicture: 'No image yet',
  use: (setting: string) => `Use ${setting}`,
  askTitle: 'Change how the gain reference is applied?',
  askBody: (setting: string) =>
    `Processing continues with ${setting}. Movies that were processed with another setting are reprocessed.`,
  askConfirm: 'Change and resume',
  noGain: 'none',
} as const;
