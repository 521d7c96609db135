import { parentPort } from 'node:worker_threads';
import sharp from 'sharp';
import type { ErrorCode } from '../../contract/errors.ts';
import type { TileInfo } from '../../contract/tiles.ts';
import { asCodedError } from '../coded-errors.ts';
import { type TileRequest, TileSource } from './tile-source.ts';

/** A request to this thread, which makes one tile at a time, so that no finished tile waits in memory. */
export type TileJob =
  | { readonly kind: 'info'; readonly path: string }
  | { readonly kind: 'tile'; readonly request: TileRequest };

export type NumberedJob = TileJob & { readonly number: number };

export type TileResponse =
  | { readonly number: number; readonly info: TileInfo }
  | { readonly number: number; readonly jpeg: Uint8Array }
  | { readonly number: number; readonly code: ErrorCode; readonly message: string };

const JPEG_QUALITY = 82;
const source = new TileSource();

async function run(job: NumberedJob): Promise<TileResponse> {
  try {
    if (job.kind === 'info') return { number: job.number, info: source.info(job.path) };
    const { width, height, bytes } = source.tile(job.request);
    const jpeg = await sharp(bytes, { raw: { width, height, channels: 1 } })
      .jpeg({ quality: JPEG_QUALITY })
      .toBuffer();
    return { number: job.number, jpeg };
  } catch (error) {
    const { code, message } = asCodedError(error);
    return { number: job.number, code, message };
  }
}

parentPort?.on('message', async (job: NumberedJob) => parentPort?.postMessage(await run(job)));
