import { mkdirSync, renameSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DagFolder, oneTaskDag } from '../../../../test/support/dag-folder.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import { DagProcessor } from './dag-processor.ts';
import type { IntakeEvents } from './intake-events.ts';
import type { ProcessorOptions } from './processor-options.ts';

let fresh: FreshDatabase;
let folder: DagFolder;
let offset = 0;
const clock = { now: () => Date.now(), monotonic: () => performance.now() + offset };

beforeEach(async () => {
  folder = new DagFolder();
  fresh = await freshDatabase();
});

afterEach(async () => {
  folder.remove();
  await fresh.drop();
});

function processor(options: Partial<ProcessorOptions> = {}, events: Partial<IntakeEvents> = {}): DagProcessor {
  return new DagProcessor({ folder: folder.path, database: fresh.database, clock, options, events });
}

interface DagRow {
  readonly dag_id: string;
  readonly file: string;
  readonly current_version: number;
  readonly is_paused: boolean;
  readonly is_stale: boolean;
  readonly schedule_changed: boolean;
}

async function dags(): Promise<readonly DagRow[]> {
  return fresh.database.query<DagRow>(
    'select dag_id, file, current_version, is_paused, is_stale, schedule_changed from dag order by dag_id',
  );
}

async function dagRow(dagId: string): Promise<DagRow | undefined> {
  return (await dags()).find((row) => row.dag_id === dagId);
}

async function errors(): Promise<readonly { file: string; message: string; line: number | null }[]> {
  return fresh.database.query('select file, message, line, position from import_error order by file');
}

/** As the scheduler does once it has seen a change. */
async function scheduled(): Promise<void> {
  await fresh.database.query('update dag set schedule_changed = false');
}

test('a file is stored with its spec, source and bundle, and all columns that lists show', async () => {
  const text = `import { dag, empty } from '@gantry/sdk';
export const it = dag('daily', { schedule: '@daily', tags: ['b', 'a'], description: 'Each day', maxActiveRuns: 3 }, () => {
  empty('one', { owner: 'zoe' });
  empty('two', { owner: 'ann' });
  empty('three', { owner: 'zoe' });
});`;
  folder.write('team/daily.ts', text);
  expect(await processor().once()).toEqual({ parsed: 1, unchanged: 0, failed: 0, removed: 0 });
  const [row] = await fresh.database.query(
    `select d.*, v.spec->>'dagId' as spec_dag_id, v.source, b.code from dag d
     join dag_version v on v.dag_id = d.dag_id and v.version = d.current_version
     join bundle b on b.digest = v.bundle_digest`,
  );
  expect(row).toMatchObject({
    dag_id: 'daily',
    spec_dag_id: 'daily',
    file: 'team/daily.ts',
    current_version: 1,
    is_paused: true,
    tags: ['b', 'a'],
    owners: ['ann', 'zoe'],
    description: 'Each day',
    timetable_summary: '0 0 * * *',
    max_active_runs: 3,
    schedule_changed: true,
    source: text,
    code: expect.stringContaining('daily'),
  });
});

test('what is unchanged is not loaded again, by this process or by the next', async () => {
  folder.write('a.ts', oneTaskDag('a'));
  const first = processor();
  await first.once();
  expect(await first.once()).toMatchObject({ parsed: 0, unchanged: 1 });
  utimesSync(join(folder.path, 'a.ts'), 1, 1);
  expect(await first.once()).toMatchObject({ parsed: 0, unchanged: 1 });
  expect(await processor().once()).toMatchObject({ parsed: 0, unchanged: 1 });
  expect(await dagRow('a')).toMatchObject({ current_version: 1 });
});

test('a change of code makes a version, also in a file that is imported; a change of schedule is told', async () => {
  folder.write('a.ts', `import { text } from './text';\n${oneTaskDag('a', '{}', 'return text;')}`);
  folder.write('text.ts', `export const text = 'one';`);
  const one = processor();
  await one.once();
  await scheduled();
  folder.write('text.ts', `export const text = 'two';`);
  // text.ts is a DAG file itself, one without DAGs.
  expect(await one.once()).toMatchObject({ parsed: 2, failed: 0 });
  expect(await dagRow('a')).toMatchObject({ current_version: 2, schedule_changed: false });
  folder.write('a.ts', oneTaskDag('a', `{ schedule: '@hourly' }`));
  await one.once();
  expect(await dagRow('a')).toMatchObject({ current_version: 3, schedule_changed: true });
});

test('the spec beats the option on whether a new DAG is paused, and only at first sight', async () => {
  folder.write('a.ts', oneTaskDag('a'));
  folder.write('b.ts', oneTaskDag('b', '{ isPausedUponCreation: true }'));
  const one = processor({ dagsArePausedAtCreation: false });
  await one.once();
  expect((await dags()).map((row) => row.is_paused)).toEqual([false, true]);
  folder.write('a.ts', oneTaskDag('a', '{ isPausedUponCreation: true }'));
  await one.once();
  expect(await dagRow('a')).toMatchObject({ is_paused: false, current_version: 2 });
});

test('a file that breaks has an import error and keeps its last good version; repaired, it has none', async () => {
  folder.write('a.ts', oneTaskDag('a'));
  folder.write('b.ts', oneTaskDag('b'));
  const one = processor();
  await one.once();
  folder.write('a.ts', `${oneTaskDag('a')}throw new Error('broken');`);
  folder.write('b.ts', oneTaskDag('b', '{}', 'return 2;'));
  expect(await one.once()).toMatchObject({ parsed: 1, failed: 1 });
  expect(await errors()).toEqual([{ file: 'a.ts', message: 'broken', line: 4, position: 7 }]);
  expect(await dagRow('a')).toMatchObject({ current_version: 1, is_stale: false });
  folder.write('a.ts', oneTaskDag('a'));
  expect(await one.once()).toMatchObject({ parsed: 1, failed: 0 });
  expect(await errors()).toEqual([]);
  expect(await dagRow('a')).toMatchObject({ current_version: 1 });
});

test('files that loop, exit or cannot be bundled do not keep the others from being stored [F83]', async () => {
  const useSdk = `import { dag } from '@gantry/sdk'; export { dag };`;
  folder.write('a-loops.ts', `${useSdk} for (;;) {}`);
  folder.write('b-exits.ts', `${useSdk} process.exit(1);`);
  folder.write('c-syntax.ts', 'const = 1;');
  folder.write('d-good.ts', oneTaskDag('good'));
  expect(await processor({ timeoutSeconds: 1 }).once()).toMatchObject({ parsed: 1, failed: 3 });
  expect((await errors()).map(({ file }) => file)).toEqual(['a-loops.ts', 'b-exits.ts', 'c-syntax.ts']);
  expect(await dagRow('good')).toMatchObject({ current_version: 1 });
});

test('a file that cannot be bundled is looked at again although it did not change itself', async () => {
  folder.write('a.ts', `import './b';\n${oneTaskDag('a')}`);
  const one = processor();
  expect(await one.once()).toMatchObject({ failed: 1 });
  folder.write('b.ts', 'export {};');
  expect(await one.once()).toMatchObject({ failed: 0 });
  expect(await dagRow('a')).toBeDefined();
});

test('a file that failed is tried again after a while, since it may have waited for something outside', async () => {
  const flag = join(folder.path, 'flag.txt');
  folder.write(
    'a.ts',
    `import { existsSync } from 'node:fs';\nif (!existsSync(${JSON.stringify(flag)})) throw new Error('not yet');\n${oneTaskDag('a')}`,
  );
  const one = processor();
  expect(await one.once()).toMatchObject({ failed: 1 });
  folder.write('flag.txt', '');
  expect(await one.once()).toMatchObject({ unchanged: 1 });
  offset += 60_000;
  expect(await one.once()).toMatchObject({ parsed: 1 });
});

test('a DAG that two files define belongs to the first; the other has an error that names it', async () => {
  folder.write('first.ts', oneTaskDag('same'));
  const one = processor();
  await one.once();
  folder.write('second.ts', oneTaskDag('same', '{}', 'return 2;'));
  expect(await one.once()).toMatchObject({ failed: 1 });
  expect((await errors())[0]).toMatchObject({ file: 'second.ts', message: expect.stringContaining('first.ts') });
  expect(await dagRow('same')).toMatchObject({ file: 'first.ts', current_version: 1 });
});

test('a DAG whose file is gone, or no longer defines it, is stale; it may come back elsewhere with its versions', async () => {
  folder.write('a.ts', oneTaskDag('a'));
  folder.write(
    'b.ts',
    `${oneTaskDag('b')}${oneTaskDag('c')
      .replaceAll(/\bit\b/g, 'other')
      .replaceAll('only', 'more')
      .replace(/^.*sdk.*$/m, '')}`,
  );
  const removed: string[] = [];
  const one = processor({}, { removed: ({ file, dagIds }) => removed.push(`${file} ${dagIds.join()}`) });
  await one.once();
  expect((await dags()).map((row) => row.is_stale)).toEqual([false, false, false]);
  folder.delete('a.ts');
  folder.write('b.ts', oneTaskDag('b'));
  expect(await one.once()).toMatchObject({ removed: 1, parsed: 1 });
  expect(removed).toEqual(['a.ts a']);
  expect((await dags()).map((row) => row.is_stale)).toEqual([true, false, true]);
  await scheduled();
  folder.write('moved/a.ts', oneTaskDag('a'));
  await one.once();
  expect(await dagRow('a')).toMatchObject({ is_stale: false, file: 'moved/a.ts', schedule_changed: true });
});

test('the error of a file that is gone is gone', async () => {
  folder.write('a.ts', 'const = 1;');
  const one = processor();
  await one.once();
  folder.delete('a.ts');
  expect(await one.once()).toMatchObject({ removed: 1 });
  expect(await errors()).toEqual([]);
});

test('a folder that cannot be read makes nothing stale', async () => {
  folder.write('a.ts', oneTaskDag('a'));
  const one = processor();
  await one.once();
  renameSync(folder.path, `${folder.path}-away`);
  await expect(one.once()).rejects.toThrow(/cannot be read \(ENOENT\)/);
  expect(await dagRow('a')).toMatchObject({ is_stale: false });
  renameSync(`${folder.path}-away`, folder.path);
});

test('the swap of a symlink is seen, and makes a version only when the code differs [F82]', async () => {
  for (const [tree, result] of [
    ['one', 1],
    ['two', 1],
    ['three', 3],
  ] as const) {
    folder.write(
      `.trees/${tree}/a.ts`,
      `import { result } from './lib/result';\n${oneTaskDag('a', '{}', 'return result;')}`,
    );
    folder.write(`.trees/${tree}/lib/result.ts`, `export const result = ${result};`);
  }
  const link = join(folder.path, 'repository');
  const swap = (tree: string): void => {
    symlinkSync(join('.trees', tree), `${link}.next`);
    renameSync(`${link}.next`, link);
  };
  swap('one');
  const one = processor();
  await one.once();
  expect(await dagRow('a')).toMatchObject({ file: 'repository/a.ts', current_version: 1 });
  swap('two');
  expect(await one.once()).toMatchObject({ parsed: 0, unchanged: 2 });
  swap('three');
  await one.once();
  expect(await dagRow('a')).toMatchObject({ current_version: 2 });
});

test('a mounted ConfigMap gives the same version after each of its updates [F82]', async () => {
  for (const stamp of ['..2026_1', '..2026_2']) {
    folder.write(`${stamp}/a.ts`, `import { b } from './b';\n${oneTaskDag('a', '{}', 'return b;')}`);
    folder.write(`${stamp}/b.ts`, 'export const b = 1;');
  }
  symlinkSync('..2026_1', join(folder.path, '..data'));
  for (const name of ['a.ts', 'b.ts']) symlinkSync(join('..data', name), join(folder.path, name));
  const one = processor();
  await one.once();
  symlinkSync('..2026_2', join(folder.path, '..next'));
  renameSync(join(folder.path, '..next'), join(folder.path, '..data'));
  expect(await one.once()).toMatchObject({ parsed: 0, unchanged: 2 });
  expect(await dagRow('a')).toMatchObject({ current_version: 1 });
});

test('hidden folders, packages, declarations and tests hold no DAG files; links in a circle end', async () => {
  folder.write('.hidden/a.ts', oneTaskDag('hidden'));
  folder.write('node_modules/x/index.js', oneTaskDag('package'));
  folder.write('b.d.ts', 'export {};');
  folder.write('c.test.ts', `import 'vitest-is-not-here';`);
  mkdirSync(join(folder.path, 'deep'));
  symlinkSync('..', join(folder.path, 'deep', 'circle'));
  folder.write('deep/d.ts', oneTaskDag('d'));
  expect(await processor().once()).toEqual({ parsed: 1, unchanged: 0, failed: 0, removed: 0 });
});

test('the scheduler is told in the commit that changes a DAG, and only then', async () => {
  const told: (string | null)[] = [];
  const stop = await fresh.database.listen('gantry_scheduler', (payload) => told.push(payload));
  await eventually('it listens', () => told.length === 1);
  folder.write('a.ts', oneTaskDag('a'));
  const one = processor();
  await one.once();
  folder.write('a.ts', `${oneTaskDag('a')}// another comment\n`);
  expect(await one.once()).toMatchObject({ parsed: 1 });
  await fresh.database.query(`select pg_notify('gantry_scheduler', 'between')`);
  folder.delete('a.ts');
  await one.once();
  await eventually('the scheduler is told of the deletion', () => told.length >= 4);
  expect(told).toEqual([null, 'dags', 'between', 'dags']);
  await stop();
});

test('two processors on one database store a file once', async () => {
  folder.write('a.ts', oneTaskDag('a'));
  await Promise.all([processor().once(), processor().once()]);
  expect(await fresh.database.query('select version from dag_version')).toEqual([{ version: 1 }]);
});

test('run() goes on after a turn that failed, and ends at the signal', async () => {
  const abort = new AbortController();
  const failures: unknown[] = [];
  renameSync(folder.path, `${folder.path}-away`);
  const one = processor({ refreshIntervalSeconds: 0.02 }, { pollFailed: ({ error }) => failures.push(error) });
  const running = one.run(abort.signal);
  await eventually('a turn fails', () => failures.length > 0);
  renameSync(`${folder.path}-away`, folder.path);
  folder.write('a.ts', oneTaskDag('a'));
  await eventually('the file is stored', async () => (await dagRow('a')) !== undefined);
  abort.abort();
  await running;
});

test('a DAG whose pods cannot be built is an import error of its file, and the other files go on', async () => {
  folder.write('good.ts', oneTaskDag('good'));
  folder.write('bad.ts', oneTaskDag('bad'));
  const intake = new DagProcessor({
    folder: folder.path,
    database: fresh.database,
    clock,
    checkPods: async ({ dagId }) => (dagId === 'bad' ? ['DAG bad, task t: first.', 'DAG bad, task t: second.'] : []),
  });
  expect(await intake.once()).toMatchObject({ parsed: 1, failed: 1 });
  expect((await dags()).map((row) => row.dag_id)).toEqual(['good']);
  expect(await errors()).toMatchObject([
    { file: 'bad.ts', message: 'DAG bad, task t: first.\nDAG bad, task t: second.' },
  ]);
});
