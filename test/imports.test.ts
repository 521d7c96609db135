import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cyclesOf, importsOf } from './support/import-graph.ts';
import { effectsOnImport } from './support/module-effects.ts';

/**
 * Each layer and what it may import: layers, or single files of a layer. Exactly the existing arrows; a layer
 * may always import itself, and every layer base. A new folder of `src` gets a row here and a README.
 */
const ALLOWED: Record<string, readonly string[]> = {
  base: [],
  contract: [],
  formats: ['contract'],
  engine: ['contract', 'formats'],
  pipeline: ['contract', 'formats', 'engine'],
  executors: ['contract'],
  sessions: ['contract', 'formats', 'engine', 'pipeline', 'executors'],
  http: ['contract', 'pipeline', 'sessions'],
  // Of the contract only its errors: nothing else of the service may influence the simulated movies.
  simulator: ['contract/errors.ts', 'formats'],
  cli: ['contract', 'formats', 'pipeline', 'executors', 'sessions', 'http', 'simulator'],
};
/** Programs and threads: they act when they are loaded, and no module imports them except for types. */
const ENTRIES = [
  'src/engine/motion/worker.ts',
  'src/executors/jobs/runner.ts',
  'src/pipeline/tiles/tile-worker.ts',
  'src/sessions/discovery/worker.ts',
  'web/src/main.tsx',
];

const layerOf = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1];
const imports = importsOf('src/**/*.ts').filter((i) => !i.from.endsWith('.as.ts'));

const isBetweenLayers = ({ from, to }: { from: string; to: string }) =>
  layerOf(to) !== undefined && layerOf(from) !== layerOf(to);
const isAllowedBy = (rule: string, to: string) =>
  to.startsWith(`src/${rule}${rule.endsWith('.ts') ? '' : '/'}`);

describe('import directions', () => {
  it('lead from the outer layers to the inner ones only', () => {
    const wrong = imports.filter((i) => {
      const rules = ['base', ...(ALLOWED[layerOf(i.from) ?? ''] ?? [])];
      return isBetweenLayers(i) && !rules.some((rule) => isAllowedBy(rule, i.to));
    });
    expect(wrong).toEqual([]);
  });

  it('are allowed only if they exist', () => {
    const unused = Object.entries(ALLOWED).flatMap(([layer, rules]) =>
      rules
        .filter((rule) => !imports.some(({ from, to }) => layerOf(from) === layer && isAllowedBy(rule, to)))
        .map((rule) => `${layer} <- ${rule}`),
    );
    expect(unused).toEqual([]);
  });

  it('are defined for every folder of src, and each has a README', () => {
    const folders = readdirSync('src', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(folders.filter((folder) => !ALLOWED[folder])).toEqual([]);
    expect(folders.filter((folder) => !existsSync(`src/${folder}/README.md`))).toEqual([]);
  });

  it('exclude Node modules and packages other than zod from the contract and its modules of base', () => {
    const reached = new Set(imports.map((i) => i.from).filter((file) => layerOf(file) === 'contract'));
    for (const file of reached)
      for (const { from, to } of imports) if (from === file && layerOf(to)) reached.add(to);
    const outside = imports.filter((i) => reached.has(i.from) && !i.specifier.startsWith('.'));
    expect(outside.filter((i) => i.specifier !== 'zod')).toEqual([]);
  });

  it('contain no cycle between files', () => {
    expect(cyclesOf(imports)).toEqual([]);
  });
});

describe('imports of tests and measurements', () => {
  const imports = importsOf('{test,bench}/**/*.{ts,tsx,mjs}');

  it('do not mix: common code is in test/support', () => {
    const fromTests = imports.filter(({ from, to }) => from.startsWith('test/') && to.startsWith('bench/'));
    expect(fromTests).toEqual([]);
    const reached = new Set(imports.map((i) => i.from).filter((file) => file.startsWith('bench/')));
    for (const file of reached)
      for (const { from, to } of imports) if (from === file && to.startsWith('test/')) reached.add(to);
    const inTests = [...reached].filter((file) => file.startsWith('test/'));
    expect(inTests.filter((file) => !file.startsWith('test/support/'))).toEqual([]);
  });
});

describe('a module', () => {
  it('has no effect when it is imported: only entries of programs and threads act when they are loaded', () => {
    const files = globSync(['src/**/*.ts', 'web/src/**/*.{ts,tsx}']).filter(
      (file) => !file.endsWith('.as.ts'),
    );
    const active = files.filter((file) => !ENTRIES.includes(file)).flatMap(effectsOnImport);
    expect(active).toEqual([]);
    expect(ENTRIES.filter((file) => effectsOnImport(file).length === 0)).toEqual([]);
  });

  it('that is an entry is imported for its types only', () => {
    const importers = [...imports, ...pageImports].filter((i) => ENTRIES.includes(i.to));
    const value = importers.filter(
      ({ from, specifier }) =>
        !new RegExp(`import type [^;]*'${specifier.replaceAll('.', '\\.')}'`).test(
          readFileSync(from, 'utf8'),
        ),
    );
    expect(value).toEqual([]);
  });
});

/** Folders of the page below its features, and what each may import. */
const PAGE_GROUND: Record<string, readonly string[]> = {
  data: [],
  'routes.ts': ['data'],
  api: ['data'],
  state: ['data', 'api'],
  ui: ['data', 'api', 'state', 'routes.ts'],
  plots: ['data', 'api', 'state', 'routes.ts', 'ui'],
};
/**
 * `session` shows the features in its tabs, `app` assigns views to addresses. No other feature imports a
 * feature.
 */
const PAGE_TOP = ['session', 'app', 'main.tsx'];
const GROUND = Object.keys(PAGE_GROUND);

const partOf = (path: string) => /^web\/src\/([^/]+)/.exec(path)?.[1] ?? '';
const pageImports = importsOf('web/src/**/*.{ts,tsx}');

function isAllowedInPage(source: string, target: string): boolean {
  const ground = PAGE_GROUND[source];
  if (ground !== undefined) return ground.includes(target);
  return GROUND.includes(target) || PAGE_TOP.indexOf(target) < PAGE_TOP.indexOf(source);
}

describe('imports of the page', () => {
  it('use only the contract of the service', () => {
    const fromService = pageImports.filter((i) => i.to.startsWith('src/'));
    expect(fromService.filter((i) => layerOf(i.to) !== 'contract')).toEqual([]);
  });

  it('lead from the features to shared modules, never back or to another feature', () => {
    const wrong = pageImports.filter(({ from, to }) => {
      const [source, target] = [partOf(from), partOf(to)];
      return target !== '' && source !== target && !isAllowedInPage(source, target);
    });
    expect(wrong).toEqual([]);
  });

  it('contain no cycle between files', () => {
    expect(cyclesOf(pageImports)).toEqual([]);
  });
});
