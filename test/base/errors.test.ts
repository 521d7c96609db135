import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { asError, errorCodeOf, hasErrorCode, messageOf } from '../../src/base/errors.ts';
import { isMissingFile, isMissingOrStale, unlessMissing } from '../../src/base/missing-file.ts';

const withCode = (code: unknown) => Object.assign(new Error('no'), { code });

describe('the code of an error', () => {
  it('is that of Node.js or of the operating system', () => {
    expect(errorCodeOf(withCode('ENOENT'))).toBe('ENOENT');
    expect(hasErrorCode(withCode('EEXIST'), 'ENOENT', 'EEXIST')).toBe(true);
    expect(hasErrorCode(withCode('EEXIST'), 'ENOENT')).toBe(false);
  });

  it.each([undefined, null, 'ENOENT', 7, new Error('no'), withCode(2)])('is null for %s', (error) => {
    expect(errorCodeOf(error)).toBeNull();
    expect(hasErrorCode(error, 'ENOENT')).toBe(false);
  });
});

it('any thrown value has a message and becomes an Error', () => {
  const error = new Error('no');
  expect(messageOf(error)).toBe('no');
  expect(messageOf(404)).toBe('404');
  expect(asError(error)).toBe(error);
  expect(asError('text').message).toBe('text');
});

describe('a missing file', () => {
  it('is distinguished from other errors', async () => {
    const missing = await readFile('/dev/null/below').catch((error: unknown) => error);
    expect(isMissingFile(missing)).toBe(true);
    expect(isMissingFile(withCode('EACCES'))).toBe(false);
    expect(isMissingFile(withCode('ESTALE'))).toBe(false);
    expect(isMissingOrStale(withCode('ESTALE'))).toBe(true);
  });

  it('is replaced by another value; every other error is thrown', async () => {
    expect(await unlessMissing(readFile('/nothing/here'), null)).toBeNull();
    expect(await unlessMissing(Promise.resolve(3), null)).toBe(3);
    await expect(unlessMissing(readFile('/'), null)).rejects.toThrow('EISDIR');
  });
});
