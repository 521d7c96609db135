/** Maximum number of movies that are named in the warning. */
const MAX_NAMED = 5;

/**
 * Movies whose record exists, but is damaged or has impossible values. Such a record counts as missing: its
 * movie is processed again, which replaces it.
 */
export class UnreadableRecords {
  private readonly bases = new Set<string>();

  /** Remembers whether the record of a movie could be read. */
  update(base: string, isReadable: boolean): void {
    if (isReadable) this.bases.delete(base);
    else this.bases.add(base);
  }

  has(base: string): boolean {
    return this.bases.has(base);
  }

  get warnings(): readonly string[] {
    const { size } = this.bases;
    if (size === 0) return [];
    const named = [...this.bases].slice(0, MAX_NAMED).join(', ');
    const text = size === 1 ? 'The result of one movie' : `The results of ${size} movies`;
    const more = size > MAX_NAMED ? ', ...' : '';
    return [
      `${text} cannot be read, because the record is damaged or has impossible values (${named}${more}). Resume to reprocess ${size === 1 ? 'this movie' : 'these movies'}.`,
    ];
  }
}
