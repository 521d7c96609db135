import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PythonConfig, parsePythonConfig } from '../../src/formats/python-config.ts';
import { ORIGINAL_CONFIG } from '../fixtures/original.ts';

const value = (config: PythonConfig, section: string, key: string) =>
  config.sections.get(section)?.get(key)?.value;

describe('parsePythonConfig', () => {
  it('reads the original config file with its tabs, comments and indentation', () => {
    const config = parsePythonConfig(ORIGINAL_CONFIG);
    expect(config.errors).toEqual([]);
    expect([...config.sections.keys()]).toEqual(['general', 'api', 'params']);
    expect(value(config, 'general', 'session_dir')).toBe('/cryoem1');
    expect(value(config, 'api', 'port')).toBe('8115');
    expect(value(config, 'params', 'glite_arguments')).toBe('--gres=gpu:a40:4 --exclusive');
    expect(value(config, 'params', 'no_of_files_to_proc_in_cycle')).toBe('100');
    expect(value(config, 'params', 'pegasus_stageout_clusters')).toBe('10');
  });

  it('returns the line of each value', () => {
    const config = parsePythonConfig('# top\n\n[a]\nx = 1\n\ty: 2\n[b]\n\n;c\nx=3');
    expect(config.sections.get('a')?.get('x')?.line).toBe(4);
    expect(config.sections.get('b')?.get('x')?.line).toBe(9);
    expect(config.sectionLines.get('b')).toBe(6);
  });

  it('joins lines that are indented further, including blank ones, and skips comments', () => {
    const config = parsePythonConfig('[a]\nx = 1\n  2\n\n  # no\n  3\n\n\ny=4');
    expect(value(config, 'a', 'x')).toBe('1\n2\n\n3');
    expect(
      config.sections
        .get('a')
        ?.get('x')
        ?.lines.map((part) => part.line),
    ).toEqual([2, 3, 4, 6]);
    expect(value(config, 'a', 'y')).toBe('4');
  });

  it('keeps everything after a value on its line, and percent signs', () => {
    const config = parsePythonConfig('[a]\nx = 1 # one\ny = 50%(z)s ; w');
    expect(value(config, 'a', 'x')).toBe('1 # one');
    expect(value(config, 'a', 'y')).toBe('50%(z)s ; w');
  });

  it('splits at the first = or :', () => {
    const config = parsePythonConfig('[a]\nurl: http://h:1/?a=b\nk=a:b\nEmpty =');
    expect(value(config, 'a', 'url')).toBe('http://h:1/?a=b');
    expect(value(config, 'a', 'k')).toBe('a:b');
    expect(value(config, 'a', 'empty')).toBe('');
  });

  it('reports all errors, each with its line', () => {
    const { errors } = parsePythonConfig('early = 1\n[a]\nx=1\nX=2\nnonsense\n= 3\n[a]\ny=1');
    expect(errors.map((error) => error.line)).toEqual([1, 4, 5, 6, 7]);
    expect(errors[1]?.message).toContain('line 3');
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const error of parsePythonConfig(text).errors) expect(error.line).toBeGreaterThan(0);
      }),
    );
  });

  it('restores any values that were written in this format', () => {
    const key = fc.stringMatching(/^[a-z][a-z0-9_]{0,10}$/);
    const text = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
    const file = fc.dictionary(key, fc.dictionary(key, text, { maxKeys: 5 }), { maxKeys: 4 });
    fc.assert(
      fc.property(file, fc.constantFrom('=', ': ', ' = ', '\t=\t'), (sections, divider) => {
        const sectionTexts = Object.entries(sections).map(
          ([name, entries]) =>
            `[${name}]\n${Object.entries(entries)
              .map(([k, v]) => `${k}${divider}${v}\n\t; note\n`)
              .join('')}`,
        );
        const config = parsePythonConfig(sectionTexts.join('\n'));
        expect(config.errors).toEqual([]);
        for (const [name, entries] of Object.entries(sections))
          for (const [k, v] of Object.entries(entries)) expect(value(config, name, k)).toBe(v);
      }),
    );
  });
});

const PYTHON_SCRIPT = `
import configparser, json, sys
out = []
for text in json.load(sys.stdin):
    p = configparser.ConfigParser(interpolation=None)
    try:
        p.read_string(text)
        out.append({'defaults': dict(p._defaults), 'sections': {s: dict(p._sections[s]) for s in p.sections()}})
    except (configparser.Error, AttributeError):
        out.append(None)
json.dump(out, sys.stdout)
`;
const hasPython = spawnSync('python3', ['-c', 'import configparser']).status === 0;

describe.skipIf(!hasPython)('compared with Python (skipped without python3)', () => {
  it('reads and refuses the same texts as configparser', () => {
    const line = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.stringMatching(/^[ \t]{0,3}[a-cA-C]{0,2}[ \t]?[=:]{0,2}[ \t]?[a-c0-9#;%[\] ]{0,6}$/),
      },
      { weight: 2, arbitrary: fc.stringMatching(/^[ \t]{0,2}\[[a-d\]]{1,3}\][a-c ]{0,2}$/) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('', '  ', '\t', '\t# note', '; note', '[DEFAULT]', '\u001c x=1', '\u00a0'),
      },
    );
    const body = fc.array(line, { maxLength: 9 });
    const texts = [
      ORIGINAL_CONFIG,
      ...fc.sample(
        fc.oneof(
          body.map((l) => l.join('\n')),
          body.map((l) => ['[z]', ...l].join('\n')),
        ),
        4000,
      ),
    ];
    const pythonResults = JSON.parse(
      execFileSync('python3', ['-c', PYTHON_SCRIPT], {
        input: JSON.stringify(texts),
        maxBuffer: 1e8,
      }).toString(),
    ) as ({ defaults: Record<string, string>; sections: Record<string, Record<string, string>> } | null)[];
    const valuesOf = (entries: ReadonlyMap<string, { value: string }>) =>
      Object.fromEntries([...entries].map(([k, v]) => [k, v.value]));
    let readCount = 0;
    texts.forEach((text, i) => {
      const config = parsePythonConfig(text);
      const result =
        config.errors.length > 0
          ? null
          : {
              defaults: valuesOf(config.defaults),
              sections: Object.fromEntries([...config.sections].map(([n, e]) => [n, valuesOf(e)])),
            };
      expect(result, JSON.stringify(text)).toEqual(pythonResults[i]);
      if (result) readCount += 1;
    });
    expect(readCount).toBeGreaterThan(200);
  });
});
