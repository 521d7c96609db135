import type { SkipReason } from '../../../src/contract/skipped.ts';
import { plural } from '../data/words.ts';

/** Why files below raw that might be movies are skipped. */
export const skipWords: Record<SkipReason, (n: number) => string> = {
  reference: (n) =>
    `${plural(n, 'file')} skipped: not ${n === 1 ? 'a movie, judging by its name' : 'movies, judging by their names'} (gain, sum, overview)`,
  packed: (n) => `${plural(n, 'compressed file')} skipped: decompress ${n === 1 ? 'it' : 'them'} first`,
  other_name: (n) =>
    `${plural(n, 'movie')} skipped: the ${n === 1 ? 'name does' : 'names do'} not match “File name begins with” or “File name ends with”`,
  other_extension: (n) =>
    `${plural(n, 'movie')} skipped: the ${n === 1 ? 'extension does' : 'extensions do'} not match “Extension”`,
  other_kind: (n) =>
    `${plural(n, 'movie')} skipped: movies with another name pattern or format are processed instead`,
  format: (n) =>
    `${plural(n, 'file')} skipped: movies in ${n === 1 ? 'its format' : 'their formats'} cannot be read`,
  hidden: (n) =>
    `${plural(n, 'hidden file')} skipped: the ${n === 1 ? 'name begins' : 'names begin'} with a dot`,
  link: (n) =>
    `${plural(n, 'symbolic link')} skipped: ${n === 1 ? 'it is broken or points' : 'they are broken or point'} outside the session (see follow_links_to in the config file)`,
  name: (n) =>
    `${plural(n, 'file')} skipped: rename ${n === 1 ? 'it' : 'them'} (the ${n === 1 ? 'name is' : 'names are'} not UTF-8 or ${n === 1 ? 'contains' : 'contain'} control characters)`,
  not_a_file: (n) =>
    `${plural(n, 'entry', 'entries')} skipped: not ${n === 1 ? 'a regular file' : 'regular files'}`,
};
