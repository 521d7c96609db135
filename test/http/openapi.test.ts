import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceUnderTest } from './service-under-test.ts';

interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema?: object }[];
  readonly requestBody?: { content: Record<string, { schema?: object }> };
  readonly responses: Record<string, { description?: string; content?: Record<string, { schema?: object }> }>;
}

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
let document: { openapi: string; paths: Record<string, Record<string, Operation>>; components: object };
beforeAll(async () => {
  service = await serviceUnderTest();
  document = (await service.app.inject({ url: '/docs/json' })).json();
});
afterAll(() => service.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method} ${path}`,
      path,
      method,
      operation,
    })),
  );

/** Rules of OpenAPI 3.1 whose violation breaks generated clients. */
describe('the API document', () => {
  it('declares exactly the parameters of each path', () => {
    for (const { name, path, operation } of operations()) {
      const pathParameters = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
      const declared = (operation.parameters ?? []).filter((p) => p.in === 'path');
      expect(declared.map((p) => p.name).sort(), name).toEqual(pathParameters);
      for (const p of declared) expect(p.required, name).toBe(true);
    }
  });

  it('declares no parameter of an operation twice, and gives each a schema', () => {
    for (const { name, operation } of operations()) {
      const names = (operation.parameters ?? []).map((p) => `${p.in} ${p.name}`);
      expect(new Set(names).size, name).toBe(names.length);
      for (const p of operation.parameters ?? []) expect(p.schema, `${name} ${p.name}`).toBeTypeOf('object');
    }
  });

  it('has a summary and described responses for each operation', () => {
    for (const { name, operation } of operations()) {
      expect(operation.summary, name).toBeTruthy();
      expect(Object.keys(operation.responses).length, name).toBeGreaterThan(0);
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(status, name).toMatch(/^([1-5]\d\d|default)$/);
        expect(response.description, `${name} ${status}`).toBeTypeOf('string');
        for (const { schema } of Object.values(response.content ?? {}))
          expect(schema, `${name} ${status}`).toBeTypeOf('object');
      }
    }
  });

  it('declares no request body for GET', () => {
    for (const { name, method, operation } of operations())
      if (method === 'get') expect(operation.requestBody, name).toBeUndefined();
  });

  it('has no unresolved reference', () => {
    const text = JSON.stringify(document);
    for (const [, pointer] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      let target: unknown = document;
      for (const step of pointer!.split('/')) target = (target as Record<string, unknown>)?.[step];
      expect(target, pointer).toBeTypeOf('object');
    }
  });

  it('gives every operation a unique id', () => {
    const ids = operations().map(({ operation }) => (operation as { operationId?: string }).operationId);
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
