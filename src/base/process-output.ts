import type { Readable } from 'node:stream';

/** Keeps what a program prints, as long as it is not too much. */
export class ProcessOutput {
  private readonly maxBytes: number;
  private readonly onTooMuch: () => void;
  private bytes = 0;

  /**
   * @param onTooMuch - called for each piece beyond `maxBytes`, of all outputs together; those are not kept
   */
  constructor(maxBytes: number, onTooMuch: () => void) {
    this.maxBytes = maxBytes;
    this.onTooMuch = onTooMuch;
  }

  /** Reads streams to their end. @returns what came so far, in the order in which it came */
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
