import type { Readable } from 'node:stream';

/** Captures what a program prints, up to a limit. */
export class ProcessOutput {
  private readonly maxBytes: number;
  private readonly onTooMuch: () => void;
  private bytes = 0;

  /**
   * @param onTooMuch - called for each chunk beyond `maxBytes` of all outputs together; these chunks are
   * discarded
   */
  constructor(maxBytes: number, onTooMuch: () => void) {
    this.maxBytes = maxBytes;
    this.onTooMuch = onTooMuch;
  }

  /** Reads streams to their end. @returns the text so far, in the order of arrival */
  collect(streams: readonly (Readable | null)[]): () => string {
    const chunks: Buffer[] = [];
    for (const stream of streams)
      stream?.on('data', (chunk: Buffer) => {
        this.bytes += chunk.length;
        if (this.bytes > this.maxBytes) this.onTooMuch();
        else chunks.push(chunk);
      });
    return () => Buffer.concat(chunks).toString('utf8');
  }
}
