import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { jobScript } from '../../../src/executors/slurm/job-script.ts';

describe('jobScript', () => {
  it('runs the environment lines, then the command, whatever characters it contains', () => {
    const words = ['printf', '%s|', 'a b', "it's", '$HOME $& {{environment}}'];
    const script = jobScript(null, 'export GREETING=hello\necho "$GREETING"', words);
    const output = execFileSync('bash', [], { input: script, encoding: 'utf8' });
    expect(output).toBe("hello\na b|it's|$HOME $& {{environment}}|");
  });

  it('accepts a template with additional lines', () => {
    const template = '#!/bin/sh\n#SBATCH --mail-type=FAIL\n{{environment}}\n{{command}}\necho after\n';
    const script = jobScript(template, null, ['echo', 'work']);
    expect(execFileSync('sh', [], { input: script, encoding: 'utf8' })).toBe('work\nafter\n');
  });

  it.each([
    ['echo {{command}}', /first line/],
    ['#!/bin/sh\necho nothing\n', /\{\{command\}\} must be on/],
    ['#!/bin/sh\n#SBATCH --array=1-9\n{{command}}\n', /must not set the array/],
    ['#!/bin/sh\n#SBATCH -o /dev/null\n{{command}}\n', /must not set the array/],
  ])('refuses %j', (template, message) => {
    expect(() => jobScript(template, null, ['true'])).toThrow(message);
  });
});
