// Installs what a checkout needs to run, and does nothing if it is already installed:
//   node scripts/install.mjs            npm packages, the pinned Node among them
//   node scripts/install.mjs --web      also the page (web/dist)
//   node scripts/install.mjs --system   also the Debian packages for tests, if run as root on Debian
// Runs under any Node that npm runs under, before anything is installed: no imports but Node's own.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinnedNode = join(root, 'node_modules', 'node', 'bin', 'node');

function run(command, args, what) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    console.error(
      `\n${what} failed${error ? `: ${error.message}` : ` with exit code ${status}`}. The lines above say why.`,
    );
    process.exit(1);
  }
}

function npm(args, what) {
  const script = process.env.npm_execpath;
  // npm's own Node, not the pinned one, which `npm ci` removes while it runs.
  if (script?.endsWith('.js'))
    run(process.env.npm_node_execpath ?? process.execPath, [script, ...args], what);
  else run('npm', args, what);
}

/** Hash of the contents of files and folders, so that touching a file alone rebuilds nothing. */
function fingerprint(paths) {
  const hash = createHash('sha256');
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (!statSync(path).isDirectory()) hash.update(`${path.slice(root.length)}\0`).update(readFileSync(path));
    else
      for (const name of readdirSync(path).sort())
        if (name !== 'dist' && name !== 'node_modules') visit(join(path, name));
  };
  for (const path of paths) visit(join(root, path));
  return hash.digest('hex');
}

/** Runs `build` unless the stamp next to its product holds the same fingerprint. */
function unlessCurrent(stampPath, sources, build) {
  const stamp = join(root, stampPath);
  const wanted = fingerprint(sources);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  build();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

function installPackages() {
  console.error('Installing npm packages, Node.js 24 among them (once; about a minute) ...');
  npm(['ci', '--no-fund', '--no-audit', '--loglevel=error'], 'npm ci');
  if (existsSync(pinnedNode)) return;
  // If npm ignores install scripts, that of the `node` package is run here: it only downloads a
  // sibling package from the same registry.
  console.error('The pinned Node is missing; fetching it ...');
  run(
    process.execPath,
    ['-e', 'process.chdir("node_modules/node"); require("./installArchSpecificPackage.js")'],
    'Fetching the pinned Node',
  );
}

if (!existsSync(pinnedNode)) installPackages();
unlessCurrent('node_modules/.cryoem-installed', ['package.json', 'package-lock.json'], () => {
  if (!existsSync(join(root, 'node_modules/.cryoem-installed')) && existsSync(pinnedNode)) {
    // The packages were not installed by this script: `npm ci` by a person counts if npm's own record agrees.
    const record = join(root, 'node_modules/.package-lock.json');
    if (existsSync(record) && statSync(record).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs)
      return;
  }
  installPackages();
});

if (process.argv.includes('--system') && process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
  run('sh', ['scripts/install-debian.sh'], 'Installing Debian packages for the tests');
}

if (process.argv.includes('--web')) {
  unlessCurrent('web/dist/.built-from', ['web', 'src/contract', 'src/base', 'package-lock.json'], () => {
    console.error('Building the page ...');
    run(
      pinnedNode,
      ['node_modules/vite/bin/vite.js', 'build', 'web', '--logLevel', 'warn'],
      'Building the page',
    );
  });
}
