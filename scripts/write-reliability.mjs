// Writes docs/reliability.md: each promise, fault and rule, the tests whose names end with it, and what came of them.
//   node scripts/write-reliability.mjs --report FILE   results from a JSON report of vitest, e.g. of
//                                                      npx vitest run --reporter=json --outputFile.json=FILE
//   node scripts/write-reliability.mjs --run           builds, runs every test and writes their results
//   node scripts/write-reliability.mjs                 the names alone, with no results
// test/reliability fails while the page lacks a row or calls a tested one uncovered.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build as buildAll, install, requireNode, root, run } from './set-up.mjs';

requireNode();
const [flag, file] = process.argv.slice(2);
const isRun = flag === '--run' && file === undefined;
if (flag !== undefined && !isRun && (flag !== '--report' || file === undefined)) {
  console.error('Usage: node scripts/write-reliability.mjs [--report FILE | --run]');
  process.exit(2);
}
if (!install()) process.exit(2);
const { build } = await import('esbuild');
// Where the sources' own folder lies, since they look for the root from there.
const bundle = join(root, 'test/reliability/.write-reliability.mjs');
await build({
  absWorkingDir: root,
  entryPoints: ['test/reliability/reliability-page.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
});
try {
  const { reliabilityPage } = await import(pathToFileURL(bundle).href);
  const report = isRun ? runTests() : file === undefined ? null : JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(join(root, 'docs/reliability.md'), reliabilityPage({ report, commit: commit() }));
  console.log('Wrote docs/reliability.md.');
} finally {
  rmSync(bundle, { force: true });
}

/** The report of every test. A test that fails makes the exit code 1 and stands in the page. */
function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-reliability-'));
  const path = join(folder, 'report.json');
  try {
    const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=dot', '--reporter=json'];
    const worked =
      buildAll({ always: true }) && run('vitest', process.execPath, [...vitest, `--outputFile.json=${path}`]);
    if (!worked) process.exitCode = 1;
    return JSON.parse(readFileSync(path, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function commit() {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
}
