import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

export interface TrickleSettings {
  readonly durationMs: number;
  /** Default 20. */
  readonly pieces?: number;
  /** When it aborts, the rest of the file is written at once, so that no partial movie remains. */
  readonly signal?: AbortSignal;
  /** Called after each piece, with the number of bytes written so far. */
  readonly onPiece?: (bytes: number, total: number) => void;
}

/**
 * Copies a file under its final name piece by piece, like a microscope that writes to a slow network drive.
 */
export async function trickle(source: string, target: string, settings: TrickleSettings): Promise<void> {
  const pieces = settings.pieces ?? 20;
  await using from = await open(source, 'r');
  await using to = await open(target, 'wx');
  const { size } = await from.stat();
  const buffer = new Uint8Array(Math.max(1, Math.ceil(size / pieces)));
  for (let writtenBytes = 0; writtenBytes < size; ) {
    const { bytesRead } = await from.read(buffer, 0, buffer.length, writtenBytes);
    if (bytesRead === 0) break;
    await to.writeFile(buffer.subarray(0, bytesRead));
    writtenBytes += bytesRead;
    settings.onPiece?.(writtenBytes, size);
    if (writtenBytes < size) await pause(settings.durationMs / pieces, settings.signal);
  }
  await to.sync();
}

/** Waits; an abort ends the wait early without an error. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || signal?.aborted) return;
  try {
    await delay(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}
