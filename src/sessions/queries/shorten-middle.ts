/** A warning has a few sentences and names a few files; a single path may have 4 KB. */
const MAX_CHARACTERS = 1000;

/** Removes the middle of a text that is too long for a warning; its end names a file or the remedy. */
export function shortenMiddle(text: string): string {
  if (text.length <= MAX_CHARACTERS) return text;
  const kept = MAX_CHARACTERS / 2;
  return `${text.slice(0, kept)} ... ${text.slice(-kept)}`.toWellFormed();
}
