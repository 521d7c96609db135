import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import mantine from 'postcss-preset-mantine';
import { build, type Rollup } from 'vite';
import { cachedBundle } from './bundle-cache.ts';

/** Files of a page by their path, such as `/assets/app.js`, and the HTML of each entry by its name. */
export interface PageBundle {
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly html: ReadonlyMap<string, string>;
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** The page as built for users, and the page in which a test mounts single components. */
const ENTRIES = { app: 'web/src/main.tsx', component: 'test/support/browser/component-page.tsx' } as const;
export type PageEntry = keyof typeof ENTRIES;

/** The bundle of the sources as they are now: a golden image never shows an older build. */
export const bundlePages = (): Promise<PageBundle> => cachedBundle(buildPages);

async function buildPages(): Promise<PageBundle> {
  const result = await withProductionEnv(() =>
    build({
      root: ROOT,
      configFile: false,
      logLevel: 'error',
      plugins: [react()],
      css: { postcss: { plugins: [mantine()] } },
      build: {
        write: false,
        minify: false,
        modulePreload: false,
        reportCompressedSize: false,
        target: 'es2023',
        rolldownOptions: { input: ENTRIES, output: { entryFileNames: 'assets/[name].js' } },
      },
    }),
  );
  if (!('output' in result)) throw new Error('Vite was expected to build once, into memory');
  const files = new Map<string, string | Uint8Array>();
  const html = new Map<string, string>();
  for (const item of result.output) {
    files.set(`/${item.fileName}`, item.type === 'chunk' ? item.code : item.source);
    if (item.type === 'chunk' && item.isEntry) html.set(item.name, htmlOf(item, result.output));
  }
  return { files, html };
}

function htmlOf(
  entry: Rollup.OutputChunk,
  items: readonly (Rollup.OutputChunk | Rollup.OutputAsset)[],
): string {
  const css = new Set<string>();
  const visit = (chunk: Rollup.OutputChunk, visited: Set<string>) => {
    if (visited.has(chunk.fileName)) return;
    visited.add(chunk.fileName);
    for (const name of chunk.imports) {
      const next = items.find((item) => item.fileName === name);
      if (next?.type === 'chunk') visit(next, visited);
    }
    for (const file of chunk.viteMetadata?.importedCss ?? []) css.add(file);
  };
  visit(entry, new Set());
  const links = [...css].map((file) => `<link rel="stylesheet" href="/${file}">`).join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>CryoEM</title>${links}
</head><body><div id="root"></div><script type="module" src="/${entry.fileName}"></script></body></html>`;
}

/** Vitest sets NODE_ENV to `test`, for which Vite would bundle React's development build. */
async function withProductionEnv<T>(work: () => Promise<T>): Promise<T> {
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  try {
    return await work();
  } finally {
    process.env.NODE_ENV = NODE_ENV;
  }
}
