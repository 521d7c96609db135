import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const read = (path: string) => readFileSync(path, 'utf8');
const version: string = JSON.parse(read('package.json')).version;

describe('a release', () => {
  it('has the same version in all files', () => {
    expect(JSON.parse(read('package-lock.json')).version).toBe(version);
    expect(/^version: (.+)$/m.exec(read('CITATION.cff'))?.[1]).toBe(version);
  });

  it('has a section in the changelog, below the section for unreleased changes', () => {
    const sections = [...read('CHANGELOG.md').matchAll(/^## (\S+)/gm)].map(([, name]) => name);
    expect(sections.slice(0, 2)).toEqual(['Unreleased', version]);
  });
});

describe('calls that delete, rename or truncate', () => {
  const CALL =
    /(?<![\w.])(?:rm|unlink|rmdir|rename|truncate|cp|copyFile|writeFile)(?:Sync)?\(|\.(?:removeTree|removeFile|removeIfEmpty|moveEntry|writeNew|truncate)\(|\b(?:removeBelow|writeBelow|writeJsonBelow|createWriteStream)\(|\bO_TRUNC\b/g;
  const COMMENT = /\/\*[\s\S]*?\*\/|\/\/.*/g;
  const ROW = /^\| `(src\/[^`]+)` \| ((?:`\w+` ?)+)\|/gm;

  it('are in the table of docs/security.md, each with its file', () => {
    const callsInCode = globSync('src/**/*.ts').flatMap((file) =>
      [...read(file).replace(COMMENT, '').matchAll(CALL)].map(
        ([call]) => `${file} ${call.replace(/\W/g, '')}`,
      ),
    );
    const callsInTable = [...read('docs/security.md').matchAll(ROW)].flatMap(([, file, calls = '']) =>
      calls
        .trim()
        .split(' ')
        .map((call) => `${file} ${call.replaceAll('`', '')}`),
    );
    expect([...new Set(callsInCode)].sort()).toEqual(callsInTable.sort());
  });
});

describe('the wall clock', () => {
  /** Files that need the date; the simulator writes times into files. */
  const USES = {
    'src/base/clock.ts': 'the clock of the service',
    'src/cli/client/output.ts': 'age of a time that the service sent',
    'src/cli/process-report.ts': 'date in the output',
    'src/executors/jobs/folder.ts': 'heartbeats: whether a time changes',
    'src/http/logins.ts': 'expiry of a cookie, across restarts',
    'src/http/metrics.ts': 'age of a time in the ledger',
    'src/pipeline/ctf-step.ts': 'date in a text file',
    'src/pipeline/run.ts': 'date in a record',
    'src/sessions/ledger/open.ts': 'date in a file name',
  };

  it('is read only for dates: durations are measured with the monotonic clock, because wall clocks can jump', () => {
    const files = globSync('src/**/*.ts', { exclude: (path) => path.includes('simulator') });
    const found = files.filter((file) => /\bDate\.now\b|new Date\(\)/.test(read(file)));
    expect(found.sort()).toEqual(Object.keys(USES));
  });
});

describe('documents', () => {
  const documents = globSync('{*.md,docs/**/*.md,{src,web,bench,scripts,test}/**/README.md}', {
    exclude: (path) => path.includes('node_modules'),
  });

  /** Paths of files as written in documents: `src/http/server.ts`, `docs/decisions/`. */
  const PATH = /`((?:src|web|docs|test|bench|scripts|deploy|bin)\/[\w./-]+)`/g;
  const LINK = /\]\((?!https?:|#)([^)#\s]+)/g;

  it.each(documents)('%s refers only to existing files', (document) => {
    const text = read(document);
    const folder = dirname(document);
    const namedPaths = [...text.matchAll(PATH)].map(([, path = '']) => path);
    const linkedPaths = [...text.matchAll(LINK)].map(([, path = '']) => join(folder, path));
    const isMissing = (path: string) => !existsSync(path) && !existsSync(join(folder, path));
    expect([...namedPaths, ...linkedPaths].filter(isMissing)).toEqual([]);
  });
});
