import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CodedError } from '../../src/contract/errors.ts';
import { failedOutcome } from '../../src/pipeline/coded-errors.ts';
import { readRecord, recordPath, serializeRecord } from '../../src/pipeline/record-file.ts';
import { outputFoldersOf } from '../../src/pipeline/run.ts';
import { successfulRecord } from './session-records.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cryoem-record-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function readBack(text: string) {
  const path = recordPath(directory, 'movie');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return await readRecord(outputFoldersOf({ processedDir: directory }), 'movie');
}

describe('a record on disk', () => {
  it('is read as it was written', async () => {
    const record = successfulRecord(3);
    expect(await readBack(serializeRecord(record))).toEqual(record);
  });

  it('of an earlier version is read with the current name of a renamed error code', async () => {
    const outcome = failedOutcome(new CodedError('MOVIE_CORRUPT', 'It is neither TIFF nor MRC.'));
    const text = serializeRecord(successfulRecord(3, { outcome })).replace('MOVIE_CORRUPT', 'MOVIE_GARBLED');
    expect((await readBack(text))?.outcome).toEqual(outcome);
  });

  it('with an unknown code is ignored', async () => {
    const outcome = failedOutcome(new CodedError('MOVIE_CORRUPT', ''));
    const text = serializeRecord(successfulRecord(3, { outcome })).replace('MOVIE_CORRUPT', 'MOVIE_ODD');
    expect(await readBack(text)).toBeNull();
  });
});
