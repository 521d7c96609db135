import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { writeBelow } from '../../../src/base/below.ts';
import type { PageBundle } from './page-bundle.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Files and folders on which a bundle depends, including code of the service, which fixtures import. */
const SOURCES = ['package-lock.json', 'src', 'web/src', 'test/web', 'test/support'];
const SOURCE_NAME = /\.(tsx?|css|json|svg)$/;
/** Suffix of a complete bundle; one that is still being written has another suffix. */
const SUFFIX = '.bin';
const FOLDER = join(ROOT, 'node_modules/.cache/cryoem-page-bundle');

/**
 * The bundle of the sources as they are now. It is built once for all test files of a run: building takes
 * several seconds. Any change to a source changes the key.
 */
export async function cachedBundle(build: () => Promise<PageBundle>): Promise<PageBundle> {
  const name = `${await hashOfSources()}${SUFFIX}`;
  const cachedBytes = await readFile(join(FOLDER, name)).catch(() => null);
  if (cachedBytes !== null) return deserialize(cachedBytes);
  const bundle = await build();
  await mkdir(FOLDER, { recursive: true });
  for (const fileName of await readdir(FOLDER))
    if (fileName.endsWith(SUFFIX) && fileName !== name) await rm(join(FOLDER, fileName), { force: true });
  await writeBelow(FOLDER, join(FOLDER, name), serialize(bundle));
  return bundle;
}

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  for (const source of SOURCES)
    for (const path of await filesOf(source))
      hash.update(`\0${path}\0`).update(await readFile(join(ROOT, path)));
  return hash.digest('hex');
}

/** A file itself, or the source files in a folder, in a fixed order. */
async function filesOf(source: string): Promise<string[]> {
  if (SOURCE_NAME.test(source)) return [source];
  const names = await readdir(join(ROOT, source), { recursive: true });
  return names
    .filter((name) => SOURCE_NAME.test(name))
    .sort()
    .map((name) => join(source, name));
}
