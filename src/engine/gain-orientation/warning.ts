import type { GainCheck } from '../../contract/record.ts';
import type { Orientation } from './orientations.ts';

const settingText = ({ rotate, flip }: Orientation) => `rotgain ${rotate}, flipgain ${flip}`;

export interface GainAdvice {
  readonly message: string;
  /** What a person should do; empty where there is nothing. */
  readonly remedy: string;
}

/** A verdict in words. They hold no figures, so that they stay the same from movie to movie. */
export function gainAdvice(check: GainCheck): GainAdvice {
  const { verdict, setting, best } = check;
  switch (verdict) {
    case 'agrees':
      return { message: `The counts agree with ${settingText(setting)}.`, remedy: '' };
    case 'contradicts':
      return {
        message: `The gain lies the wrong way: the counts show its pattern with ${settingText(best!)}, and not with ${settingText(setting)}.`,
        remedy: `Resume with ${settingText(best!)}. Movies that were done with the other setting are then done anew.`,
      };
    case 'absent':
      return {
        message:
          'The counts show nothing of the pattern of the gain, whichever way it lies: the movie is corrected already, or the gain is of another camera or mode.',
        remedy:
          'Ask whether the camera corrects its movies by itself: then resume with rawgainref=none. Else give the gain reference of this camera and mode.',
      };
    case 'thin':
      return { message: thinness(check), remedy: '' };
  }
}

/** Which evidence lacks. */
function thinness({ scores, error, margin }: GainCheck): string {
  if (error === null)
    return 'It cannot be told how the gain lies: the reference has no pattern of its own, it is flat.';
  const best = Math.max(...scores.map(({ score }) => score));
  return best > SEEN_ERRORS * error && margin > SEEN_PART * best
    ? 'It cannot be told yet how the gain lies: there are too few counts so far.'
    : best > SEEN_ERRORS * error
      ? 'It cannot be told how the gain lies: its pattern looks alike in several orientations.'
      : 'It cannot be told yet how the gain lies: its pattern does not stand out of the counting noise so far.';
}

/** A score is seen where it is so many standard errors above zero; others are alike when they come nearer than this part. */
const SEEN_ERRORS = 10;
const SEEN_PART = 0.2;

/** What a person should be told of a verdict; none where all is well or the evidence is thin. */
export function gainWarnings(check: GainCheck): string[] {
  const { verdict } = check;
  return verdict === 'contradicts' || verdict === 'absent' ? [gainAdvice(check).message] : [];
}
