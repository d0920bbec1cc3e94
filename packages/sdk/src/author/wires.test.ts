import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../../..');
const wires = join(root, 'packages/sdk/test/fixtures/wires');

test('right wires compile, and each wrong one fails at its own line with its own code', { timeout: 120_000 }, () => {
  expect(compilerErrors(wires)).toEqual(expectedErrors(wires));
});

interface Found {
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

/** The marks at the ends of lines, `// TS2345`. */
function expectedErrors(folder: string): readonly Found[] {
  const lines = readFileSync(join(folder, 'wrong.ts'), 'utf8').split('\n');
  const marked = lines.flatMap((text, index) => {
    const code = / \/\/ (TS\d+)$/.exec(text)?.[1];
    return code === undefined ? [] : [{ file: 'wrong.ts', line: index + 1, code }];
  });
  expect(marked.length).toBeGreaterThan(20);
  return marked;
}

function compilerErrors(folder: string): readonly Found[] {
  const project = mkdtempSync(join(tmpdir(), 'gantry-wires-'));
  try {
    const file = join(project, 'tsconfig.json');
    writeFileSync(file, JSON.stringify(configuration(folder)));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout, error } = spawnSync(process.execPath, [compiler, '-p', file, '--pretty', 'false'], {
      encoding: 'utf8',
    });
    expect(error).toBeUndefined();
    return [...stdout.matchAll(/([^/\s]+)\((\d+),\d+\): error (TS\d+)/g)].map(([, name, line, code]) => ({
      file: name!,
      line: Number(line),
      code: code!,
    }));
  } finally {
    rmSync(project, { recursive: true });
  }
}

function configuration(folder: string): object {
  return {
    extends: join(root, 'tsconfig.check.json'),
    compilerOptions: {
      paths: { '@gantry/sdk': [join(root, 'packages/sdk/src/author/index.ts')] },
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: [join(folder, '*.ts')],
    exclude: [],
  };
}
