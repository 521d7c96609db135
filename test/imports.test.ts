import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cyclesOf, importsOf } from './support/import-graph.ts';

/** Each layer and the layers it may import from: the arrows of docs/architecture.md. A layer may always import itself. */
const ALLOWED: Record<string, readonly string[]> = {
  base: [],
  contract: ['base'],
  formats: ['base', 'contract'],
  engine: ['base', 'contract', 'formats'],
  pipeline: ['base', 'contract', 'formats', 'engine'],
  executors: ['base', 'contract'],
  sessions: ['base', 'contract', 'formats', 'engine', 'pipeline', 'executors'],
  http: ['base', 'contract', 'formats', 'engine', 'pipeline', 'executors', 'sessions'],
  simulator: ['base', 'contract', 'formats', 'engine'],
  cli: ['base', 'contract', 'formats', 'engine', 'pipeline', 'executors', 'sessions', 'http', 'simulator'],
};
const layerOf = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1];
const imports = importsOf('src/**/*.ts').filter((i) => !i.from.endsWith('.as.ts'));

describe('import directions', () => {
  it('run from the outer layers to the inner ones only', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [source, target] = [layerOf(from), layerOf(to)];
      return source && target && source !== target && !ALLOWED[source]?.includes(target);
    });
    expect(wrong).toEqual([]);
  });

  it('leave no folder of src without a rule', () => {
    const folders = new Set(imports.map((i) => layerOf(i.from)));
    expect([...folders].filter((folder) => folder && !ALLOWED[folder])).toEqual([]);
  });

  it('keep Node modules and other packages than zod out of the contract, and of what it takes of base', () => {
    const reached = new Set(imports.map((i) => i.from).filter((file) => layerOf(file) === 'contract'));
    for (const file of reached)
      for (const { from, to } of imports) if (from === file && layerOf(to)) reached.add(to);
    const outside = imports.filter((i) => reached.has(i.from) && !i.specifier.startsWith('.'));
    expect(outside.filter((i) => i.specifier !== 'zod')).toEqual([]);
  });

  it('form no cycle between files', () => {
    expect(cyclesOf(imports)).toEqual([]);
  });
});

/** Folders of the page below its features, and what each may import from. */
const PAGE_GROUND: Record<string, readonly string[]> = {
  data: [],
  'routes.ts': ['data'],
  api: ['data'],
  state: ['data', 'api'],
  ui: ['data', 'api', 'state', 'routes.ts'],
  plots: ['data', 'api', 'state', 'routes.ts', 'ui'],
};
/** `session` shows the features in its tabs, `app` puts views to addresses. No other feature imports a feature. */
const PAGE_TOP = ['session', 'app', 'main.tsx'];
const GROUND = Object.keys(PAGE_GROUND);

const partOf = (path: string) => /^web\/src\/([^/]+)/.exec(path)?.[1] ?? '';
const pageImports = importsOf('web/src/**/*.{ts,tsx}');

function isAllowedInPage(source: string, target: string): boolean {
  const ground = PAGE_GROUND[source];
  if (ground !== undefined) return ground.includes(target);
  return GROUND.includes(target) || PAGE_TOP.indexOf(target) < PAGE_TOP.indexOf(source);
}

/** A statement at the beginning of a line that only declares something. */
const DECLARATION =
  /^(import|export (?!let)|const|function|async function|class|interface|type|declare|[}\])\s/*`.]|$)/;

describe('imports of the page', () => {
  it('take nothing of the service but the contract', () => {
    const fromService = pageImports.filter((i) => i.to.startsWith('src/'));
    expect(fromService.filter((i) => layerOf(i.to) !== 'contract')).toEqual([]);
  });

  it('run from the features to what they share, never back or to another feature', () => {
    const wrong = pageImports.filter(({ from, to }) => {
      const [source, target] = [partOf(from), partOf(to)];
      return target !== '' && source !== target && !isAllowedInPage(source, target);
    });
    expect(wrong).toEqual([]);
  });

  it('form no cycle between files', () => {
    expect(cyclesOf(pageImports)).toEqual([]);
  });

  it('change nothing: only main.tsx does something when it is loaded', () => {
    const lines = globSync('web/src/**/*.{ts,tsx}').flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .map((line, i) => `${file}:${i + 1}: ${line}`),
    );
    const textOf = (line: string) => line.replace(/^[^:]+:\d+: /, '');
    const active = lines.filter((line) => !DECLARATION.test(textOf(line)));
    expect(active.filter((line) => !line.startsWith('web/src/main.tsx'))).toEqual([]);
  });
});
