// Checks rules that neither the compiler nor Biome checks:
// - No floating promises. Biome's noFloatingPromises does not resolve the types of Node's modules and of some
//   packages: it accepts `readFile(path);`.
// - Comment lines of at most MAX_COMMENT_COLUMNS: Biome wraps code, but not comments.
// - At most MAX_TYPE_ASSERTIONS `!` and `as` in src, outside engine/ and formats/ (`as const` and `import as`
//   do not count).
// - Tests wait for what a page shows: `expect.poll(() => cards.count())`, not `expect(await cards.count())`.
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SyntaxKind } from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

const PROJECTS = ['tsconfig.json', 'web/tsconfig.json'];
const MAX_TYPE_ASSERTIONS = 40;
/** The width to which Biome breaks code (`lineWidth`). */
const MAX_COMMENT_COLUMNS = 110;
const COMMENT_LINE = /^\s*(\/\/|\/?\*)/;
const SOURCES = '{src,web/src,bench,scripts,test}/**/*.{ts,tsx,mjs,css}';
/** Files whose type assertions are counted. */
const COUNTED_FILES = /^src\/(?!engine\/|formats\/)/;
/** Thenables that need not be awaited: a FastifyReply is sent even if it is not awaited. */
const UNAWAITED_TYPES = /^FastifyReply\b/;
/** Methods of Playwright's locators and pages that return at once, even if the page is not rendered yet. */
const PAGE_READ_METHODS = new Set([
  'allInnerTexts',
  'allTextContents',
  'count',
  'evaluateAll',
  'getAttribute',
  'innerText',
  'inputValue',
  'isChecked',
  'isDisabled',
  'isEnabled',
  'isVisible',
  'textContent',
  'title',
]);

function nodesOf(file, isWanted) {
  const nodes = [];
  const visit = (node) => {
    if (isWanted(node)) nodes.push(node);
    node.forEachChild((child) => void visit(child));
  };
  visit(file);
  return nodes;
}

/** Whether a call handles the rejection of its promise: `promise.catch(...)` or `promise.then(a, b)`. */
function isHandled(call) {
  const method = call.expression.name?.text;
  return method === 'catch' || (method === 'then' && call.arguments.length === 2);
}

/** Calls that return a promise and whose value is not used. */
function floatingPromises(file, checker) {
  const isCallStatement = (node) =>
    node.kind === SyntaxKind.ExpressionStatement && node.expression.kind === SyntaxKind.CallExpression;
  const calls = nodesOf(file, isCallStatement)
    .map((statement) => statement.expression)
    .filter((call) => !isHandled(call));
  const types = calls.length === 0 ? [] : checker.getTypeAtLocation(calls);
  return calls.filter((_call, index) => {
    const type = types[index];
    if (!type || !checker.getPropertyOfType(type, 'then')) return false;
    return !UNAWAITED_TYPES.test(checker.typeToString(type));
  });
}

function typeAssertions(file) {
  const isConst = (node) => node.type.typeName?.text === 'const';
  return nodesOf(
    file,
    (node) =>
      node.kind === SyntaxKind.NonNullExpression || (node.kind === SyntaxKind.AsExpression && !isConst(node)),
  );
}

/** Files of the repository in the project of a `tsconfig.json`, with the types of the project. */
function* filesOf(api, root, config) {
  const path = resolve(root, config);
  const { program, checker } = api.updateSnapshot({ openProjects: [path] }).getProject(path);
  for (const name of program.getSourceFileNames()) {
    if (!name.startsWith(`${root}/`) || name.includes('/node_modules/')) continue;
    yield { name: name.slice(root.length + 1), file: program.getSourceFile(name), checker };
  }
}

/** Reads of a page in `expect(await ...)`, which fail if the page is not rendered yet. */
function unpolledReads(file, checker) {
  const isExpect = (node) =>
    node.kind === SyntaxKind.CallExpression && node.expression.text === 'expect' && node.arguments.length > 0;
  const calls = nodesOf(file, isExpect)
    .flatMap((call) => nodesOf(call.arguments[0], (node) => node.kind === SyntaxKind.AwaitExpression))
    .map((awaited) => awaited.expression)
    .filter((call) => PAGE_READ_METHODS.has(call.expression?.name?.text));
  const types =
    calls.length === 0 ? [] : checker.getTypeAtLocation(calls.map((c) => c.expression.expression));
  return calls.filter((_call, index) => /^(Locator|Page)$/.test(checker.typeToString(types[index])));
}

/** Lines of comments that are too wide. */
function wideComments(root) {
  const isWide = (line) => line.length > MAX_COMMENT_COLUMNS && COMMENT_LINE.test(line);
  return globSync(SOURCES, { cwd: root })
    .sort()
    .flatMap((name) =>
      readFileSync(resolve(root, name), 'utf8')
        .split('\n')
        .flatMap((line, index) => (isWide(line) ? [`${name}:${index + 1}`] : [])),
    );
}

/** `<file>:<line>: <first line of the code>` */
function locationOf(name, file, node) {
  const start = node.getStart(file);
  const line = file.text.slice(0, start).split('\n').length;
  return `${name}:${line}: ${file.text.slice(start, node.end).split('\n', 1)[0]}`;
}

const root = resolve(import.meta.dirname, '..');
const api = new API({ cwd: root });
const floatingLocations = new Set();
const unpolledReadLocations = new Set();
const typeAssertionCounts = new Map();
for (const config of PROJECTS)
  for (const { name, file, checker } of filesOf(api, root, config)) {
    for (const call of floatingPromises(file, checker)) floatingLocations.add(locationOf(name, file, call));
    for (const call of unpolledReads(file, checker)) unpolledReadLocations.add(locationOf(name, file, call));
    if (COUNTED_FILES.test(name)) typeAssertionCounts.set(name, typeAssertions(file).length);
  }
api.close();

for (const location of floatingLocations) console.log(`This promise is not awaited: ${location}`);
for (const location of unpolledReadLocations)
  console.log(`Use expect.poll, because the page may not be rendered yet: ${location}`);
const wideLocations = wideComments(root);
for (const location of wideLocations)
  console.log(`A comment is wider than ${MAX_COMMENT_COLUMNS} columns: ${location}`);
const count = [...typeAssertionCounts.values()].reduce((sum, n) => sum + n, 0);
console.log(`${count} type assertions in src outside engine/ and formats/; at most ${MAX_TYPE_ASSERTIONS}`);
const isTooMany = count > MAX_TYPE_ASSERTIONS;
if (isTooMany || process.argv.includes('--list'))
  for (const [name, n] of typeAssertionCounts) if (n > 0) console.log(`${String(n).padStart(4)} ${name}`);
process.exit(
  floatingLocations.size > 0 || unpolledReadLocations.size > 0 || wideLocations.length > 0 || isTooMany
    ? 1
    : 0,
);
