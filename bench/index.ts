/**
 * `npm run bench -- NAME [args]`: runs one benchmark and prints its results. Without a name: lists the
 * benchmarks.
 */
import { existsSync, globSync } from 'node:fs';
import { basename, join } from 'node:path';

const [name, ...args] = process.argv.slice(2);
const names = globSync('*.ts', { cwd: import.meta.dirname })
  .map((file) => basename(file, '.ts'))
  .filter((n) => n !== 'index')
  .sort();
const file = join(import.meta.dirname, `${name}.ts`);
if (!name || !existsSync(file)) {
  console.error(`npm run bench -- NAME, where NAME is one of: ${names.join(', ')}`);
  process.exit(name ? 2 : 0);
}
const { run } = (await import(file)) as { run: (args: string[]) => Promise<void> };
await run(args);
