import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');
const FIXTURES = join(ROOT, 'test/fixtures/pod-types');
const BAD = readdirSync(join(FIXTURES, 'bad'));

/** The compiler's errors by file name, in one run for all. */
const errors = new Map<string, string>();

beforeAll(() => {
  // Inside the repository, so that packages are found; `tmp` is ignored by git.
  mkdirSync(join(ROOT, 'tmp'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, 'tmp', 'pod-types-'));
  try {
    const configuration = {
      extends: '../../tsconfig.check.json',
      compilerOptions: { types: ['node'], paths: { '@gantry/sdk': ['../../packages/sdk/src/author/index.ts'] } },
      include: ['../../test/fixtures/pod-types/*/*.ts'],
      exclude: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration));
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], { encoding: 'utf8' });
    let file = '';
    for (const line of stdout.split('\n')) {
      file = /([\w-]+\.ts)\(\d+,\d+\): error/.exec(line)?.[1] ?? file;
      if (file !== '') errors.set(file, `${errors.get(file) ?? ''}${line}\n`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

test.each(BAD)('the compiler refuses %s with the error that its first line tells', (file) => {
  const expected = readFileSync(join(FIXTURES, 'bad', file), 'utf8')
    .split('\n')[0]!
    .replace('// ', '');
  expect(errors.get(file) ?? 'no error').toContain(expected);
});

test('the compiler takes what may stand in an override', () => {
  expect(errors.get('everything.ts')).toBeUndefined();
});
