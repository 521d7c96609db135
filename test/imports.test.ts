import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

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
const IMPORT = /(?:from|import)\s*\(?\s*'([^']+)'/g;

interface Import {
  from: string;
  to: string;
  specifier: string;
}

function importsOf(pattern: string): Import[] {
  return globSync(pattern).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(IMPORT)].map((match) => {
      const specifier = match[1] ?? '';
      const to = specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier;
      return { from: file, to, specifier };
    }),
  );
}

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

  it('let the page import nothing of the service but the contract', () => {
    const fromPage = importsOf('web/src/**/*.{ts,tsx}').filter((i) => i.to.startsWith('src/'));
    expect(fromPage.filter((i) => layerOf(i.to) !== 'contract')).toEqual([]);
  });

  it('form no cycle between files', () => {
    const graph = new Map<string, string[]>();
    for (const { from, to } of imports) graph.set(from, [...(graph.get(from) ?? []), to]);
    const state = new Map<string, 'open' | 'closed'>();
    const cycles: string[] = [];
    const visit = (file: string, path: string[]) => {
      if (state.get(file) === 'closed') return;
      if (state.get(file) === 'open') {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
        return;
      }
      state.set(file, 'open');
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      state.set(file, 'closed');
    };
    for (const file of graph.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });
});
