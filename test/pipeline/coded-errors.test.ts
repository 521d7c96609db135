import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../src/contract/errors.ts';
import { asCodedError, failedOutcome } from '../../src/pipeline/coded-errors.ts';

const thrownBy = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

describe('asCodedError', () => {
  it('returns coded errors unchanged', () => {
    const error = new CodedError('GAIN_MISSING', '');
    expect(asCodedError(error)).toBe(error);
  });

  it.runIf(process.platform === 'linux')('recognises a full disk', () => {
    const file = openSync('/dev/full', 'w');
    expect(asCodedError(thrownBy(() => writeSync(file, 'x'))).code).toBe('DISK_FULL');
    closeSync(file);
  });

  it('reports a directory at the path of a file as an output that cannot be written', () => {
    const directory = mkdtempSync(join(tmpdir(), 'cryoem-errors-'));
    expect(asCodedError(thrownBy(() => writeFileSync(directory, 'x'))).code).toBe('OUTPUT_NOT_WRITABLE');
    rmSync(directory, { recursive: true });
  });

  it('recognises a failed allocation', () => {
    expect(asCodedError(thrownBy(() => new ArrayBuffer(2 ** 52))).code).toBe('OUT_OF_MEMORY');
    expect(asCodedError(thrownBy(() => new Float32Array(2 ** 52))).code).toBe('OUT_OF_MEMORY');
    expect(asCodedError(thrownBy(() => new WebAssembly.Memory({ initial: 65537 }))).code).not.toBe(
      'OUTPUT_NOT_WRITABLE',
    );
  });

  it('treats a failed bounds check as an internal error, with its message', () => {
    const error = asCodedError(thrownBy(() => new DataView(new ArrayBuffer(4)).getFloat64(0)));
    expect(error.code).toBe('INTERNAL');
    expect(error.message).toContain('bounds');
  });

  it('keeps a thrown value that is not an Error', () => {
    expect(asCodedError('words').message).toContain('words');
  });
});

describe('failedOutcome', () => {
  it('takes `cause` and `retryable` from the table of errors', () => {
    expect(failedOutcome(new CodedError('DISK_FULL', 'x'))).toMatchObject({
      status: 'failed',
      code: 'DISK_FULL',
      cause: 'disk',
      retryable: true,
    });
  });
});
