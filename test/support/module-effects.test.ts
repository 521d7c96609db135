import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { importSideEffects } from './module-effects.ts';

const folder = mkdtempSync(join(tmpdir(), 'module-effects-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'a.ts');
const sideEffectsOf = (source: string): string[] => {
  writeFileSync(path, source);
  return importSideEffects(path);
};

describe('the side effects of importing a module', () => {
  it.each([
    ["import { b } from './b.ts';\nimport type { C } from './c.ts';"],
    ['export const a = new Map<string, number>(), b = Object.freeze({ c: [1] });'],
    ['let kept: number | undefined;\nexport function f() { kept = 1; process.on("exit", f); }'],
    ['export const start = () => setInterval(() => fetch("/"), 10);'],
    ['export class A { private timer = setTimeout(() => {}, 1); static of() { return new A(); } }'],
    ['interface A { a: number }\ntype B = A;\nexport type { B };\nexport * from "./b.ts";'],
  ])('are absent for declarations: %s', (source) => {
    expect(sideEffectsOf(source)).toEqual([]);
  });

  it.each([
    ['globalThis.a = 1;'],
    ['console.log(1);'],
    ['if (process.env.A) f();'],
    ['for (const a of [1]) f(a);'],
    ["import './styles.ts';\nawait f();"],
    ['export const timer = setInterval(f, 10);'],
    ['const a = { b: [process.on("exit", f)] };'],
    ['export const found = fetch("/") as Promise<unknown>;'],
  ])('are found: %s', (source) => {
    expect(sideEffectsOf(source)).toHaveLength(1);
  });
});
