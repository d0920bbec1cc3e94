import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BundleIndex } from '@gantry/sdk/model';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadDagFile } from '../../packages/server/src/intake/load-dag-file.ts';
import { systemClock } from '../../packages/server/src/main/system-clock.ts';
import { VERSION } from '../../packages/server/src/main/version.ts';
import { type GantryAnswer, gantryAnswer } from '../support/gantry-processes.ts';

// Each call of gantry is a process, and this machine may have other work.
vi.setConfig({ testTimeout: 120_000 });

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'gantry-build-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

function dagText(dagId: string, result: number): string {
  return `import { dag, task } from '@gantry/sdk';
import { plus } from './lib/plus.ts';
export const it = dag('${dagId}', () => { task('work', () => plus(${result}))(); });
`;
}

/** A DAG folder with a module that its files share. */
function folderOf(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(place, name);
  mkdirSync(join(folder, 'lib'), { recursive: true });
  writeFileSync(join(folder, 'lib/plus.ts'), 'export const plus = (value: number): number => value + 1;\n');
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

function build(...words: readonly string[]): Promise<GantryAnswer> {
  return gantryAnswer(place, ['dags', 'build', ...words]);
}

function indexIn(folder: string): BundleIndex['bundles'] {
  return (JSON.parse(readFileSync(join(folder, 'bundles.json'), 'utf8')) as BundleIndex).bundles;
}

test('bundles get the digest that the DAG processor gives them, wherever the DAG folder lies', async () => {
  const files = { 'sales.ts': dagText('sales', 1) };
  const [one, other] = [folderOf('here', files), folderOf('elsewhere/deep/down', files)];
  const taken = await loadDagFile(join(one, 'sales.ts'), {
    ...{ folder: one, clock: systemClock, environment: {}, timeoutSeconds: 30, memoryLimitMebibytes: 512 },
  });
  if (taken.kind === 'failure') throw new Error(taken.message);
  for (const folder of [one, other]) {
    const output = join(place, `built-${folder.length}`);
    expect(await build('--dags-folder', folder, '--output', output)).toMatchObject({ code: 0, err: '' });
    const { digest } = taken.bundle;
    expect(indexIn(output)).toEqual([{ dag_id: 'sales', file: 'sales.ts', digest, gantry_version: VERSION }]);
    expect(readFileSync(join(output, `${digest}.mjs`), 'utf8')).toBe(taken.bundle.code);
    expect(readdirSync(output).sort()).toEqual([`${digest}.mjs`, 'bundles.json'].sort());
  }
});

test('a bad file is told in one line and ends with 1, and the good ones are written', async () => {
  const folder = folderOf('dags', { 'bad.ts': 'const =;\n', 'good.ts': dagText('good', 1), 'none.ts': 'export {};\n' });
  const output = join(place, 'built');
  const answer = await build('--dags-folder', folder, '--output', output);
  expect(answer).toMatchObject({ code: 1, err: '' });
  const lines = answer.out.trim().split('\n');
  expect(lines.filter((line) => line.startsWith('error'))).toEqual([expect.stringMatching(/^error {2}bad\.ts:1:7: /)]);
  expect(indexIn(output).map((row) => row.dag_id)).toEqual(['good']);
});

test('what was delivered before stays for the runs that are pinned to it, and the newest version is named last', async () => {
  const folder = folderOf('dags', { 'sales.ts': dagText('sales', 1) });
  const output = join(place, 'built');
  const words = [join(folder, 'sales.ts'), '--dags-folder', folder, '--output', output];
  await build(...words);
  const first = indexIn(output);
  await build(...words);
  expect(indexIn(output)).toEqual(first);
  writeFileSync(join(folder, 'sales.ts'), dagText('sales', 2));
  await build(...words);
  const rows = indexIn(output);
  expect(rows).toHaveLength(2);
  expect(rows[0]).toEqual(first[0]);
  expect(readdirSync(output)).toHaveLength(3);
  // Whoever tidies up removes files; the index follows.
  rmSync(join(output, `${rows[0]!.digest}.mjs`));
  await build(...words);
  expect(indexIn(output)).toEqual([rows[1]]);
});

test('what cannot be built is said in one sentence', async () => {
  const folder = folderOf('dags', {});
  const outside = join(place, 'outside.ts');
  writeFileSync(outside, dagText('outside', 1));
  const output = join(place, 'built');
  const told = async (...words: readonly string[]) => {
    const { code, out, err } = await build(...words);
    expect((out + err).trim().split('\n')).toHaveLength(1);
    return [code, out + err];
  };
  expect(await told(outside, '--dags-folder', folder, '--output', output)).toEqual([
    1,
    expect.stringContaining(`The file is not in the DAG folder ${folder}; name the folder`),
  ]);
  expect(await told(join(folder, 'no.ts'), '--dags-folder', folder, '--output', output)).toEqual([
    1,
    expect.stringContaining('There is no such file.'),
  ]);
  expect(await told('--dags-folder', join(place, 'no'), '--output', output)).toEqual([
    2,
    expect.stringContaining(`There is no DAG folder ${join(place, 'no')}`),
  ]);
  expect(await told('--dags-folder', folder, '--output', join(outside, 'in'))).toEqual([
    expect.any(Number),
    expect.stringContaining('check --output'),
  ]);
  writeFileSync(join(output, 'bundles.json'), '[]');
  expect(await told('--dags-folder', folder, '--output', output)).toEqual([
    expect.any(Number),
    expect.stringContaining('bundles.json is no index of bundles; remove it'),
  ]);
});

test('a DAG that two files define is built from the first alone, and the other file is told', async () => {
  const folder = folderOf('dags', { 'one.ts': dagText('sales', 1), 'two.ts': dagText('sales', 2) });
  const output = join(place, 'built');
  const { code, out } = await build('--dags-folder', folder, '--output', output);
  expect(code).toBe(1);
  expect(out).toContain('two.ts: The DAG "sales" is defined in one.ts already; give one of them another id.');
  expect(indexIn(output).map(({ file }) => file)).toEqual(['one.ts']);
});
