import { readFileSync } from 'node:fs';
import { parseSync } from 'vite';

/** Types of top-level statements that only declare something. */
const DECLARATIONS: ReadonlySet<string> = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'VariableDeclaration',
  'FunctionDeclaration',
  'ClassDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'TSModuleDeclaration',
]);
/** Calls with side effects, even in the initialiser of a constant. */
const SIDE_EFFECT_CALLS: ReadonlySet<string> = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
  'process.on',
  'process.once',
  'process.chdir',
  'process.umask',
  'window.addEventListener',
  'document.addEventListener',
]);

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

/**
 * Side effects of importing a module: `file:line: source line`, for each statement or call.
 */
export function importSideEffects(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const starts = childNodes(program).flatMap((statement) =>
    DECLARATIONS.has(statement.type) ? sideEffectCalls(statement) : [statement.start],
  );
  return starts.map((start) => {
    const line = source.slice(0, start).split('\n').length;
    return `${file}:${line}: ${source.split('\n')[line - 1]?.trim()}`;
  });
}

/** Calls of `SIDE_EFFECT_CALLS` that run when the module is evaluated, not those within functions. */
function sideEffectCalls(node: Node): number[] {
  if (/Function|^Method|^TS/.test(node.type) && node.type !== 'TSAsExpression') return [];
  if (node.type === 'PropertyDefinition' && node.static !== true) return [];
  const hasSideEffect =
    node.type === 'CallExpression' && isNode(node.callee) && SIDE_EFFECT_CALLS.has(nameOf(node.callee));
  return [...(hasSideEffect ? [node.start] : []), ...childNodes(node).flatMap(sideEffectCalls)];
}

function nameOf(node: Node): string {
  if (node.type === 'Identifier') return String(node.name);
  if (node.type !== 'MemberExpression' || !isNode(node.object) || !isNode(node.property)) return '';
  return `${nameOf(node.object)}.${nameOf(node.property)}`;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

const childNodes = (node: object): Node[] => Object.values(node).flat().filter(isNode);
