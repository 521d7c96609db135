import type { GainCheck } from '../../contract/record.ts';
import type { Orientation } from './orientations.ts';

const settingText = ({ rotate, flip }: Orientation) => `rotgain ${rotate}, flipgain ${flip}`;

/** What a person should be told of a verdict; none where all is well or the evidence is thin. */
export function gainWarnings({ verdict, setting, best, scores }: GainCheck): string[] {
  switch (verdict) {
    case 'contradicts': {
      const partOf = (wanted: Orientation) =>
        scores.find(({ rotate, flip }) => rotate === wanted.rotate && flip === wanted.flip)?.score;
      const part = Math.round(100 * (partOf(best!) ?? 0));
      return [
        `The gain lies the wrong way: the counts show ${part} % of its pattern with ${settingText(best!)}, and not with ${settingText(setting)}.`,
      ];
    }
    case 'absent':
      return [
        'The counts show nothing of the pattern of the gain, whichever way it lies: the movie is corrected already, or the gain is of another camera or mode.',
      ];
    case 'agrees':
    case 'thin':
      return [];
  }
}
