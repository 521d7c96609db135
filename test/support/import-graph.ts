import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export interface Import {
  readonly from: string;
  /** Path of the imported file from the root of the repository, or the name of a package. */
  readonly to: string;
  /** As written in the file. */
  readonly specifier: string;
}

const IMPORT = /(?:from|import)\s*\(?\s*'([^']+)'/g;

/** Imports of all files that match the glob pattern, including dynamic ones and those of types. */
export function importsOf(pattern: string): Import[] {
  return globSync(pattern).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(IMPORT)].map((match) => {
      const specifier = match[1] ?? '';
      const to = specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier;
      return { from: file, to, specifier };
    }),
  );
}

/** Import cycles, as `a -> b -> a`. */
export function cyclesOf(imports: readonly Import[]): string[] {
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
  return cycles;
}
