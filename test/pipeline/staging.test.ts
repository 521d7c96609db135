import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cleanTemporary, Staging } from '../../src/pipeline/staging.ts';

let processed: string;
beforeEach(() => {
  processed = mkdtempSync(join(tmpdir(), 'cryoem-staging-'));
});
afterEach(() => rmSync(processed, { recursive: true, force: true }));

const folders = () => ({ root: processed, processed });
const inProcessed = (name: string) => join(processed, name);
const RECORD = 'results/X.json';

async function stageTwoOutputs(): Promise<Staging> {
  const staging = await Staging.open(folders(), 'token-1', 'X');
  await staging.write('X.mrc', 'sum');
  await staging.write('X_thumb.jpg', 'picture');
  return staging;
}

describe('Staging', () => {
  it('shows no output before it publishes', async () => {
    const staging = await stageTwoOutputs();
    expect(readdirSync(processed)).toEqual(['.tmp']);
    await staging.discard();
    expect(readdirSync(processed)).toEqual([]);
  });

  it('publishes outputs and record, and leaves no temporary file', async () => {
    const staging = await stageTwoOutputs();
    await staging.publish(RECORD, '{}');
    await staging.discard();
    expect(readdirSync(processed).sort()).toEqual(['X.mrc', 'X_thumb.jpg', 'results']);
    expect(readFileSync(inProcessed(RECORD), 'utf8')).toBe('{}');
  });

  it('removes published outputs if one output cannot be moved', async () => {
    mkdirSync(inProcessed('X_thumb.jpg/in-the-way'), { recursive: true });
    mkdirSync(inProcessed('results'));
    writeFileSync(inProcessed(RECORD), 'old');
    const staging = await stageTwoOutputs();
    await expect(staging.publish(RECORD, '{}')).rejects.toMatchObject({ syscall: 'rename' });
    await staging.discard();
    expect(existsSync(inProcessed('X.mrc'))).toBe(false);
    expect(existsSync(inProcessed(RECORD))).toBe(false);
    expect(existsSync(inProcessed('.tmp'))).toBe(false);
  });

  it('removes the outputs if the record cannot be moved', async () => {
    mkdirSync(inProcessed(RECORD), { recursive: true });
    const staging = await stageTwoOutputs();
    await expect(staging.publish(RECORD, '{}')).rejects.toThrow();
    await staging.discard();
    expect(readdirSync(processed)).toEqual(['results']);
  });

  it('removes outputs that are not in the new record', async () => {
    writeFileSync(inProcessed('X_DW.mrc'), 'old');
    const staging = await stageTwoOutputs();
    await staging.publish(RECORD, '{}', ['X_DW.mrc']);
    await staging.discard();
    expect(existsSync(inProcessed('X_DW.mrc'))).toBe(false);
  });
});

describe('cleanTemporary', () => {
  it('removes files of killed workers, but not of running ones', async () => {
    await Staging.open(folders(), 'dead', 'X');
    await Staging.open(folders(), 'alive', 'X');
    expect(await cleanTemporary(folders(), (token) => token === 'alive')).toEqual(['dead']);
    expect(readdirSync(inProcessed('.tmp'))).toEqual(['alive']);
    expect(await cleanTemporary(folders(), () => false)).toEqual(['alive']);
  });

  it('keeps the folders of all runs of a batch that may still be writing, one folder for each run', async () => {
    const job = { cluster: 'dev', jobId: '12_3', node: 'c1' };
    const first = await Staging.open(folders(), 'alive', 'X', { ...job, restart: 0 });
    const second = await Staging.open(folders(), 'alive', 'X', { ...job, restart: 1 });
    expect(first.directory).not.toBe(second.directory);
    expect(await cleanTemporary(folders(), (token) => token === 'alive')).toEqual([]);
    expect(await cleanTemporary(folders(), () => false)).toEqual(['alive~12_3.0', 'alive~12_3.1']);
    expect(existsSync(inProcessed('.tmp'))).toBe(false);
  });

  it('has nothing to do if nothing was processed', async () => {
    expect(await cleanTemporary({ ...folders(), processed: inProcessed('nowhere') }, () => false)).toEqual(
      [],
    );
  });
});
