import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cyclesOf, importsOf } from './support/import-graph.ts';
import { importSideEffects } from './support/module-effects.ts';

/**
 * Each layer and what it may import: layers, or single files of a layer. Only imports that exist are listed.
 * A layer may always import itself and base. A new folder of `src` needs a row here and a README.
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
  // Only the errors of the contract, because nothing else in the service may influence the simulated movies.
  simulator: ['contract/errors.ts', 'formats'],
  cli: ['contract', 'formats', 'pipeline', 'executors', 'sessions', 'http', 'simulator'],
};
/** Entry points of programs and threads: they run code when loaded, and modules import only their types. */
const ENTRY_POINTS = [
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
  it('point only from outer layers to inner layers', () => {
    const forbiddenImports = imports.filter((i) => {
      const rules = ['base', ...(ALLOWED[layerOf(i.from) ?? ''] ?? [])];
      return isBetweenLayers(i) && !rules.some((rule) => isAllowedBy(rule, i.to));
    });
    expect(forbiddenImports).toEqual([]);
  });

  it('are listed as allowed only if they exist', () => {
    const unusedRules = Object.entries(ALLOWED).flatMap(([layer, rules]) =>
      rules
        .filter((rule) => !imports.some(({ from, to }) => layerOf(from) === layer && isAllowedBy(rule, to)))
        .map((rule) => `${layer} <- ${rule}`),
    );
    expect(unusedRules).toEqual([]);
  });

  it('are defined for every folder of src, and each has a README', () => {
    const folders = readdirSync('src', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(folders.filter((folder) => !ALLOWED[folder])).toEqual([]);
    expect(folders.filter((folder) => !existsSync(`src/${folder}/README.md`))).toEqual([]);
  });

  it('allow no Node modules and no packages except zod in the contract and in what it imports', () => {
    const reachedFiles = new Set(imports.map((i) => i.from).filter((file) => layerOf(file) === 'contract'));
    for (const file of reachedFiles)
      for (const { from, to } of imports) if (from === file && layerOf(to)) reachedFiles.add(to);
    const externalImports = imports.filter((i) => reachedFiles.has(i.from) && !i.specifier.startsWith('.'));
    expect(externalImports.filter((i) => i.specifier !== 'zod')).toEqual([]);
  });

  it('contain no cycle between files', () => {
    expect(cyclesOf(imports)).toEqual([]);
  });
});

describe('imports between tests and measurements', () => {
  const imports = importsOf('{test,bench}/**/*.{ts,tsx,mjs}');

  it('point from measurements to test/support, and nowhere else', () => {
    const importsOfBench = imports.filter(
      ({ from, to }) => from.startsWith('test/') && to.startsWith('bench/'),
    );
    expect(importsOfBench).toEqual([]);
    const reachedFiles = new Set(imports.map((i) => i.from).filter((file) => file.startsWith('bench/')));
    for (const file of reachedFiles)
      for (const { from, to } of imports) if (from === file && to.startsWith('test/')) reachedFiles.add(to);
    const testFiles = [...reachedFiles].filter((file) => file.startsWith('test/'));
    expect(testFiles.filter((file) => !file.startsWith('test/support/'))).toEqual([]);
  });
});

describe('a module', () => {
  it('has no side effect when it is imported, unless it is the entry point of a program or thread', () => {
    const files = globSync(['src/**/*.ts', 'web/src/**/*.{ts,tsx}']).filter(
      (file) => !file.endsWith('.as.ts'),
    );
    const sideEffects = files.filter((file) => !ENTRY_POINTS.includes(file)).flatMap(importSideEffects);
    expect(sideEffects).toEqual([]);
    expect(ENTRY_POINTS.filter((file) => importSideEffects(file).length === 0)).toEqual([]);
  });

  it('that is an entry point is imported for its types only', () => {
    const importers = [...imports, ...pageImports].filter((i) => ENTRY_POINTS.includes(i.to));
    const valueImports = importers.filter(
      ({ from, specifier }) =>
        !new RegExp(`import type [^;]*'${specifier.replaceAll('.', '\\.')}'`).test(
          readFileSync(from, 'utf8'),
        ),
    );
    expect(valueImports).toEqual([]);
  });
});

/** Shared folders of the page, which its features use, and what each may import. */
const PAGE_SHARED: Record<string, readonly string[]> = {
  data: [],
  'routes.ts': ['data'],
  api: ['data'],
  state: ['data', 'api'],
  ui: ['data', 'api', 'state', 'routes.ts'],
  plots: ['data', 'api', 'state', 'routes.ts', 'ui'],
};
/**
 * `session` shows the features in its tabs, and `app` assigns views to URLs. No other feature imports a
 * feature.
 */
const PAGE_TOP = ['session', 'app', 'main.tsx'];
const SHARED = Object.keys(PAGE_SHARED);

const folderOf = (path: string) => /^web\/src\/([^/]+)/.exec(path)?.[1] ?? '';
const pageImports = importsOf('web/src/**/*.{ts,tsx}');

function isAllowedInPage(source: string, target: string): boolean {
  const allowedFolders = PAGE_SHARED[source];
  if (allowedFolders !== undefined) return allowedFolders.includes(target);
  return SHARED.includes(target) || PAGE_TOP.indexOf(target) < PAGE_TOP.indexOf(source);
}

describe('imports of the page', () => {
  it('use only the contract from the service', () => {
    const serviceImports = pageImports.filter((i) => i.to.startsWith('src/'));
    expect(serviceImports.filter((i) => layerOf(i.to) !== 'contract')).toEqual([]);
  });

  it('point from the features to shared modules, never back or to another feature', () => {
    const forbiddenImports = pageImports.filter(({ from, to }) => {
      const [source, target] = [folderOf(from), folderOf(to)];
      return target !== '' && source !== target && !isAllowedInPage(source, target);
    });
    expect(forbiddenImports).toEqual([]);
  });

  it('contain no cycle between files', () => {
    expect(cyclesOf(pageImports)).toEqual([]);
  });
});
