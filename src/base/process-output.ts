import type { Readable } from 'node:stream';

/** Captures what a program prints, up to a limit. */
export class ProcessOutput {
  private readonly maxBytes: number;
  private readonly onLimitExceeded: () => void;
  private bytes = 0;

  /**
   * @param onLimitExceeded - called for each chunk after which the total of all outputs exceeds `maxBytes`;
   * these chunks are discarded
   */
  constructor(maxBytes: number, onLimitExceeded: () => void) {
    this.maxBytes = maxBytes;
    this.onLimitExceeded = onLimitExceeded;
  }

  /** Reads streams to their end. @returns a function that returns the text so far, in the order of arrival */
  collect(streams: readonly (Readable | null)[]): () => string {
    const chunks: Buffer[] = [];
    for (const stream of streams)
      stream?.on('data', (chunk: Buffer) => {
        this.bytes += chunk.length;
        if (this.bytes > this.maxBytes) this.onLimitExceeded();
        else chunks.push(chunk);
      });
    return () => Buffer.concat(chunks).toString('utf8');
  }
}
