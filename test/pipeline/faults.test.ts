import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../src/contract/errors.ts';
import { asCoded, failedOutcome } from '../../src/pipeline/faults.ts';

const thrownBy = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

describe('asCoded', () => {
  it('returns coded errors unchanged', () => {
    const error = new CodedError('GAIN_MISSING', '');
    expect(asCoded(error)).toBe(error);
  });

  it.runIf(process.platform === 'linux')('recognises a full disk', () => {
    const file = openSync('/dev/full', 'w');
    expect(asCoded(thrownBy(() => writeSync(file, 'x'))).code).toBe('DISK_FULL');
    closeSync(file);
  });

  it('recognises a directory that is not writable', () => {
    const directory = mkdtempSync(join(tmpdir(), 'cryoem-faults-'));
    expect(asCoded(thrownBy(() => writeFileSync(directory, 'x'))).code).toBe('OUTPUT_NOT_WRITABLE');
    rmSync(directory, { recursive: true });
  });

  it('recognises a failed allocation', () => {
    expect(asCoded(thrownBy(() => new ArrayBuffer(2 ** 52))).code).toBe('OUT_OF_MEMORY');
    expect(asCoded(thrownBy(() => new Float32Array(2 ** 52))).code).toBe('OUT_OF_MEMORY');
    expect(asCoded(thrownBy(() => new WebAssembly.Memory({ initial: 65537 }))).code).not.toBe(
      'OUTPUT_NOT_WRITABLE',
    );
  });

  it('treats a failed bounds check as an internal error, with its message', () => {
    const error = asCoded(thrownBy(() => new DataView(new ArrayBuffer(4)).getFloat64(0)));
    expect(error.code).toBe('INTERNAL');
    expect(error.message).toContain('bounds');
  });

  it('keeps a thrown value that is not an Error', () => {
    expect(asCoded('words').message).toContain('words');
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
