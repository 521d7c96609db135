// Compiles every AssemblyScript kernel `src/*/kernels/*.as.ts` to the `.wasm` next to it; `_*.as.ts` are
// parts that kernels import. With --check: compiles to memory and fails if the checked-in file differs.
import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

const FLAGS =
  '--runtime stub --noAssert -O3 --converge --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --enable simd,threads,relaxed-simd --use abort='.split(
    ' ',
  );

const check = process.argv.includes('--check');
let differingCount = 0;
for (const source of globSync('src/*/kernels/[!_]*.as.ts').sort()) {
  const target = source.replace(/\.as\.ts$/, '.wasm');
  let binary;
  const { error, stderr } = await asc.main([source, '--outFile', 'kernel.wasm', ...FLAGS], {
    readFile: (name, baseDir) => readFile(`${baseDir}/${name}`, 'utf8').catch(() => null),
    writeFile: (name, contents) => {
      if (name === 'kernel.wasm') binary = contents;
    },
    listFiles: () => [],
  });
  if (error || !binary) {
    console.error(`${source}: ${error?.message ?? 'no output'}\n${stderr.toString()}`);
    process.exit(1);
  }
  if (!check) {
    await writeFile(target, binary);
    console.log(`${target}: ${binary.length} bytes`);
  } else if (!Buffer.from(binary).equals(await readFile(target).catch(() => Buffer.alloc(0)))) {
    console.error(`${target} does not match ${source}: run npm run kernels`);
    differingCount++;
  }
}
process.exit(differingCount > 0 ? 1 : 0);
