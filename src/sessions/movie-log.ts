import { open, readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { tryParseJson } from '../base/json.ts';
import type { MovieLog } from '../contract/api.ts';
import { batchSchema } from '../contract/batch.ts';
import type { Session } from './session.ts';

/** The end of a log says why; more than this is for an editor. */
const MOST_BYTES = 256 * 1024;
/** Batches that are looked through for a movie, newest first: bounds what one question costs. */
const MOST_BATCHES = 400;

/**
 * The log of the newest batch that held a movie: what the worker wrote, of this movie and of those beside it.
 * @returns null where no batch that is kept names the movie, or it has not written yet
 */
export async function movieLog(session: Session, path: string): Promise<MovieLog | null> {
  let looked = 0;
  for (const cycle of await newestFirst(session.paths.workflow, /^cycle-\d{6,}$/)) {
    const folder = join(session.paths.workflow, cycle);
    for (const name of await newestFirst(folder, /^batch-\d+\.json$/)) {
      if (++looked > MOST_BATCHES) return null;
      const text = await readFile(join(folder, name), 'utf8');
      if (!text.includes(JSON.stringify(path))) continue;
      const batch = batchSchema.safeParse(tryParseJson(text));
      if (!batch.success || !batch.data.movies.some((movie) => movie.path === path)) continue;
      const log = join(folder, name.replace(/\.json$/, '.log'));
      const end = await endOf(log);
      return end && { file: relative(session.paths.root, log), ...end };
    }
  }
  return null;
}

async function endOf(path: string): Promise<{ text: string; isCut: boolean } | null> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - MOST_BYTES);
    const bytes = Buffer.alloc(size - from);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    const text = bytes.toString('utf8', 0, bytesRead);
    return { text: from === 0 ? text : text.slice(text.indexOf('\n') + 1), isCut: from > 0 };
  } finally {
    await file.close();
  }
}

async function newestFirst(folder: string, pattern: RegExp): Promise<string[]> {
  try {
    const names = (await readdir(folder)).filter((name) => pattern.test(name));
    const numberOf = (name: string) => Number(/\d+/.exec(name)?.[0]);
    return names.sort((a, b) => numberOf(b) - numberOf(a));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
