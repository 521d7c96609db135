import { parentPort } from 'node:worker_threads';
import sharp from 'sharp';
import type { ErrorCode } from '../../contract/errors.ts';
import type { TileInfo } from '../../contract/tiles.ts';
import { asCoded } from '../faults.ts';
import { type TileRequest, TileSource } from './tile-source.ts';

/** The thread that makes tiles: one request at a time, so that no finished tile waits in memory. */
export type TileQuestion =
  | { readonly kind: 'info'; readonly path: string }
  | { readonly kind: 'tile'; readonly request: TileRequest };

export type ToTileWorker = TileQuestion & { readonly number: number };

export type FromTileWorker =
  | { readonly number: number; readonly info: TileInfo }
  | { readonly number: number; readonly jpeg: Uint8Array }
  | { readonly number: number; readonly code: ErrorCode; readonly message: string };

const JPEG_QUALITY = 82;
const source = new TileSource();

async function answer(question: ToTileWorker): Promise<FromTileWorker> {
  try {
    if (question.kind === 'info') return { number: question.number, info: source.info(question.path) };
    const { width, height, bytes } = source.tile(question.request);
    const jpeg = await sharp(bytes, { raw: { width, height, channels: 1 } })
      .jpeg({ quality: JPEG_QUALITY })
      .toBuffer();
    return { number: question.number, jpeg };
  } catch (error) {
    const { code, message } = asCoded(error);
    return { number: question.number, code, message };
  }
}

parentPort?.on('message', async (question: ToTileWorker) => parentPort?.postMessage(await answer(question)));
