import { describe, expect, it } from 'vitest';
import { siteOptions } from '../../../src/executors/slurm/sbatch-options.ts';

describe('siteOptions', () => {
  it.each([
    ['--gres=gpu:a40:4 --exclusive', ['--gres=gpu:a40:4', '--exclusive']],
    ['--qos high -N 1 --nice=5', ['--qos', 'high', '-N', '1', '--nice=5']],
    ['-pfast --comment="for two" --mail-type FAIL', ['-pfast', '--comment=for two', '--mail-type', 'FAIL']],
    ['', []],
  ])('passes %s on as arguments', (text, words) => {
    expect(siteOptions(text).words).toEqual(words);
  });

  it.each([
    '--wrap=true',
    '--wra=true',
    '-o /tmp/x',
    '-Oo/tmp/x',
    '--output=/tmp/x',
    '--outp=/tmp/x',
    '-e x',
    '--error x',
    '--chdir=/',
    '-D/',
    '--export=ALL',
    '--array=1-9',
    '-a1-9',
    '--uid=0',
    '--gid 0',
    '--get-user-env',
    '-J name',
    '--job-name=x',
    '-M all',
    '--hold',
    '-H',
    '--wait',
    '--test-only',
    '-sQ',
  ])('refuses %s, with the reason', (text) => {
    expect(() => siteOptions(text)).toThrow(/is not allowed: \w/);
  });

  it('refuses an argument that sbatch would use as the script', () => {
    expect(() => siteOptions('--exclusive /bin/sh')).toThrow('"/bin/sh" is not an option of sbatch');
    expect(() => siteOptions('--qos high /bin/sh')).toThrow('"/bin/sh" is not an option');
    expect(() => siteOptions('--')).toThrow('"--" is not an option');
  });

  it('reports all problems at once', () => {
    expect(() => siteOptions('--wrap=x --uid=0')).toThrow(/--wrap.*--uid/);
  });
});
