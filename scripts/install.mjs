// Installs what a checkout needs to run, and does nothing if it is already installed:
//   node scripts/install.mjs            npm packages, including the pinned Node
//   node scripts/install.mjs --web      also the page (web/dist)
//   node scripts/install.mjs --system   also the Debian packages for tests, if run as root on Debian
// Runs before anything is installed, on any version of Node that npm supports: it imports only built-in
// modules of Node.js.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinnedNode = join(root, 'node_modules', 'node', 'bin', 'node');

function run(command, args, taskName) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    console.error(
      `\n${taskName} failed${error ? `: ${error.message}` : ` with exit code ${status}`}. See the output above.`,
    );
    process.exit(1);
  }
}

function npm(args, taskName) {
  const script = process.env.npm_execpath;
  // The Node that runs npm, not the pinned one, which `npm ci` removes while it runs.
  if (script?.endsWith('.js'))
    run(process.env.npm_node_execpath ?? process.execPath, [script, ...args], taskName);
  else run('npm', args, taskName);
}

/** Hash of the contents of files and folders: a new modification time alone does not cause a rebuild. */
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

/** Runs `build` unless the stamp file next to its output contains the same fingerprint. */
function buildIfChanged(stampPath, sources, build) {
  const stamp = join(root, stampPath);
  const currentFingerprint = fingerprint(sources);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === currentFingerprint) return;
  build();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, currentFingerprint);
}

function installPackages() {
  console.error('Installing npm packages, including Node.js 24 (once; about a minute) ...');
  npm(['ci', '--no-fund', '--no-audit', '--loglevel=error'], 'npm ci');
  if (existsSync(pinnedNode)) return;
  // If npm ignores install scripts, the install script of the `node` package is run here: it only downloads
  // another package from the same registry.
  console.error('The pinned Node is missing; fetching it ...');
  run(
    process.execPath,
    ['-e', 'process.chdir("node_modules/node"); require("./installArchSpecificPackage.js")'],
    'Fetching the pinned Node',
  );
}

if (!existsSync(pinnedNode)) installPackages();
buildIfChanged('node_modules/.cryoem-installed', ['package.json', 'package-lock.json'], () => {
  if (!existsSync(join(root, 'node_modules/.cryoem-installed')) && existsSync(pinnedNode)) {
    // The packages were not installed by this script: a manual `npm ci` counts if npm's record is newer than
    // the lock file.
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
  buildIfChanged('web/dist/.built-from', ['web', 'src/contract', 'src/base', 'package-lock.json'], () => {
    console.error('Building the page ...');
    run(
      pinnedNode,
      ['node_modules/vite/bin/vite.js', 'build', 'web', '--logLevel', 'warn'],
      'Building the page',
    );
  });
}
