import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Block, blocksOf, ROOT } from './pages.ts';

test('every TypeScript block of the pages compiles', { timeout: 120_000 }, () => {
  const blocks = blocksOf('ts');
  expect(blocks.length).toBeGreaterThan(10);
  // Inside the repository, so that packages are found; `tmp` is ignored by git.
  const temporary = join(ROOT, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const folder = mkdtempSync(join(temporary, 'docs-'));
  try {
    expect(errorsOf(blocks, folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The compiler's errors, each at the page and line of its block. */
function errorsOf(blocks: readonly Block[], folder: string): readonly string[] {
  for (const [index, { text }] of blocks.entries()) writeFileSync(join(folder, `block-${index}.ts`), text);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(CONFIGURATION));
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const compiled = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], { encoding: 'utf8' });
  const errors = compiled.stdout.split('\n').filter((line) => line.includes('error TS'));
  if (errors.length === 0 && compiled.status !== 0) return [`The compiler ended with ${compiled.status}.`];
  return errors.map((line) =>
    line.replace(/^.*block-(\d+)\.ts/, (_, index: string) => {
      const block = blocks[Number(index)];
      return `${block?.page}:${block?.line} block`;
    }),
  );
}

const CONFIGURATION = {
  extends: '../../tsconfig.check.json',
  compilerOptions: {
    types: ['node'],
    paths: {
      '@gantry/sdk': ['../../packages/sdk/src/author/index.ts'],
      '@gantry/sdk/testing': ['../../packages/sdk/src/testing/index.ts'],
    },
    // A block may show a part of a file.
    noUnusedLocals: false,
  },
  include: ['*.ts', '../../examples/dags/assets.d.ts'],
  exclude: [],
};
