// What `npm start` and `npm test` do first: install the dependencies and build, each only when it is needed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Written after a build that worked; holds the digest of the sources it was made of. */
const BUILT = join(root, 'packages/server/dist/.built');

/** Ends the process with one sentence on a Node that is too old to run what follows. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Gantry needs Node 20.19 or newer; this is ${process.versions.node}.`);
    process.exit(2);
  }
}

/** Runs `npm ci` when a package is missing or another version than the lock file names. Gives false when it fails. */
export function install() {
  if (isInstalled()) {
    return true;
  }
  console.error('Installing the dependencies (npm ci) ...');
  const worked = run('npm ci', ...npm('ci', '--no-audit', '--no-fund'));
  if (!worked) {
    console.error(
      'npm ci failed: read its message above; a network or a registry mirror is needed for the first start.',
    );
  }
  return worked;
}

/** Builds when a source changed since the last build that worked. Gives false when it fails. */
export function build({ always = false } = {}) {
  const digest = sourceDigest();
  if (!always && existsSync(BUILT) && readFileSync(BUILT, 'utf8') === digest) {
    return true;
  }
  rmSync(BUILT, { force: true });
  console.error('Building ...');
  if (!run('the build', process.execPath, ['scripts/build.mjs'])) {
    return false;
  }
  mkdirSync(dirname(BUILT), { recursive: true });
  writeFileSync(BUILT, digest);
  return true;
}

/** Runs a program in the repository with our own output; gives whether it ended with 0. */
export function run(what, program, programArguments) {
  const { status, error } = spawnSync(program, programArguments, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error) {
    console.error(`${what} could not be started: ${error.message}`);
  }
  return status === 0;
}

/** npm as the very program that runs us, where we run below it: PATH may hold another one or none. */
export function npm(...npmArguments) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') || script?.endsWith('.cjs')
    ? [process.execPath, [script, ...npmArguments]]
    : ['npm', npmArguments];
}

/** npm writes node_modules/.package-lock.json last, so an install that was cut short has none. */
function isInstalled() {
  const installed = readPackages(join(root, 'node_modules/.package-lock.json'));
  if (installed === undefined) {
    return false;
  }
  const wanted = readPackages(join(root, 'package-lock.json')) ?? {};
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    if (!path.startsWith('node_modules/') || link) {
      return true;
    }
    // Packages for other platforms are optional and absent.
    return installed[path] === undefined ? optional === true : installed[path].version === version;
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Name, size and time of every file that the build reads. */
function sourceDigest() {
  const hash = createHash('sha256');
  const paths = [
    'tsconfig.json',
    'tsconfig.base.json',
    'package-lock.json',
    'scripts/build.mjs',
    'scripts/build-page.mjs',
  ];
  for (const name of ['sdk', 'server']) {
    paths.push(`packages/${name}/tsconfig.json`, `packages/${name}/package.json`);
    paths.push(...filesBelow(`packages/${name}/src`));
  }
  paths.push('packages/ui/package.json', 'packages/ui/index.html', 'packages/ui/vite.config.ts');
  paths.push(...filesBelow('packages/ui/src'));
  for (const path of paths) {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
    });
}
