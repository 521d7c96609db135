/** Maximum number of files that are named in a warning. */
const MAX_NAMED = 5;

/**
 * Batch files and trials of a session that exist, but are damaged or have another version. Each causes a
 * warning until it is repaired or removed.
 */
export class UnreadableFiles {
  private batches: readonly string[] = [];
  private trials: readonly string[] = [];

  /** @param names - relative to `workflow`: `cycle-000001/batch-001.json` */
  setBatches(names: readonly string[]): void {
    this.batches = names;
  }

  /** @param names - relative to `workflow` */
  setTrials(names: readonly string[]): void {
    this.trials = names;
  }

  get warnings(): readonly string[] {
    return [
      ...warningOf(this.batches, 'The movies in these batches that have no result are processed again'),
      ...warningOf(this.trials, 'Start the trial again'),
    ];
  }
}

function warningOf(names: readonly string[], consequence: string): string[] {
  if (names.length === 0) return [];
  const named = names.slice(0, MAX_NAMED).join(', ');
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  return [
    `${named}${more} in workflow cannot be read. ${consequence}; the warning ends when the files are repaired or removed.`,
  ];
}
