import { plural } from '../data/words.ts';

export const gainWords = {
  title: 'Gain reference',
  loadFailed: 'What is known of the gain could not be loaded.',
  verdicts: {
    no_gain: 'no gain',
    pending: 'not judged yet',
    agrees: 'agrees',
    contradicts: 'wrong way',
    absent: 'pattern not there',
    thin: 'thin evidence',
  },
  alert: {
    contradicts: 'The gain reference lies the wrong way',
    absent: 'The gain reference does not belong to these movies',
  },
  show: 'See the evidence',
  reference: 'Reference',
  set: 'Set',
  best: 'The counts speak for',
  cannotTell: 'cannot be told',
  margin: 'Ahead of the next by',
  marginOf: (margin: string, error: string) => `${margin} (standard error of a score ${error})`,
  evidence: 'Judged from',
  evidenceOf: (movies: number) => (movies === 0 ? 'no movie yet' : plural(movies, 'movie')),
  scores: 'Orientations',
  scoresHelp:
    'How much of the reference’s pattern the uncorrected counts show with each orientation: 1 is all of it, 0 nothing.',
  noScores: 'The scores appear here after the first movie.',
  orientation: (rotate: number, flip: number) =>
    [
      rotate === 0 ? '' : rotate === 2 ? 'turned by 180°' : `turned by ${90 * rotate}° counter-clockwise`,
      ['', 'upside down', 'left-right'][flip],
    ]
      .filter(Boolean)
      .join(', ') || 'as in the file',
  setting: (rotate: number, flip: number) => `rotgain ${rotate}, flipgain ${flip}`,
  none: 'none: not in the counts',
  tagSet: 'set',
  tagBest: 'best',
  pictureOf: 'From',
  noPicture: 'No picture yet',
  use: (setting: string) => `Use ${setting}`,
  askTitle: 'Change how the gain lies?',
  askBody: (setting: string) =>
    `Processing goes on with ${setting}. Movies that were done with another orientation are done anew.`,
  askConfirm: 'Resume with it',
  noGain: 'none',
} as const;
