import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isTest, ROOT, resolveImport, sourceFiles } from './source-files.ts';

/** Rooms from the ground up, and what each may import besides itself. docs/architecture.md shows the same picture. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'sdk/model': [],
  'sdk/author': ['sdk/model'],
  'sdk/runner': ['sdk/model', 'sdk/author'],
  'sdk/testing': ['sdk/model'],
  'server/store': ['sdk/model'],
  'server/check': ['sdk/model', 'server/store'],
  'server/plan': ['sdk/model'],
  'server/kube': ['sdk/model'],
  'server/cluster': ['sdk/model', 'server/kube'],
  // Bundled into the sdk's door for tests.
  'server/simulate': ['sdk/model', 'sdk/testing', 'server/plan', 'server/kube'],
  'server/intake': ['sdk/model', 'sdk/author', 'server/store'],
  'server/executors': ['sdk/model', 'server/kube'],
  'server/secrets': ['sdk/model', 'server/store'],
  'server/api': ['sdk/model', 'server/store', 'server/secrets'],
  'server/engine': ['sdk/model', 'server/store', 'server/plan', 'server/executors'],
  'server/main': [
    'sdk/model',
    'sdk/author',
    'server/store',
    'server/check',
    'server/plan',
    'server/kube',
    'server/cluster',
    'server/intake',
    'server/executors',
    'server/secrets',
    'server/api',
    'server/engine',
  ],
  // The web page: each folder of pages knows the API's client and the parts that pages are made of, none knows another.
  'ui/api': [],
  'ui/parts': ['ui/api'],
  'ui/actions': ['ui/api', 'ui/parts'],
  'ui/home': ['ui/api', 'ui/parts', 'ui/actions'],
  'ui/dags': ['ui/api', 'ui/parts', 'ui/actions'],
  'ui/dag': ['ui/api', 'ui/parts', 'ui/actions'],
  'ui/run': ['ui/api', 'ui/parts', 'ui/actions'],
  'ui/instance': ['ui/api', 'ui/parts', 'ui/actions'],
  'ui/admin': ['ui/api', 'ui/parts', 'ui/actions'],
  'ui/shell': [
    ...['ui/api', 'ui/parts', 'ui/actions', 'ui/home'],
    ...['ui/dags', 'ui/dag', 'ui/run', 'ui/instance', 'ui/admin'],
  ],
  'ui/main.tsx': ['ui/shell'],
  // Commands call main; what works offline calls the pure rooms and the loader of DAG files.
  'server/cli': ['sdk/model', 'server/check', 'server/main', 'server/plan', 'server/kube', 'server/intake'],
};

const SOURCES = sourceFiles().filter((file) => !isTest(file.path));

function roomOf(path: string): string {
  const [, house, , room] = path.split('/');
  return `${house}/${room}`;
}

function roomOfImport(file: string, from: string): string | null {
  if (from.startsWith('.')) return roomOf(resolveImport(file, from));
  if (from === '@gantry/sdk') return 'sdk/author';
  if (from === '@gantry/sdk/model') return 'sdk/model';
  if (from === '@gantry/sdk/testing') return 'sdk/testing';
  return null;
}

test('rooms import downwards only', () => {
  const wrong = SOURCES.flatMap((file) =>
    file.imports.flatMap(({ from }) => {
      const room = roomOf(file.path);
      const other = roomOfImport(file.path, from);
      const allowed = other === null || other === room || MAY_IMPORT[room]?.includes(other);
      return allowed ? [] : [`${file.path} imports ${from}: ${room} must not know ${other}`];
    }),
  );
  expect(wrong).toEqual([]);
});

test('the cluster takes only types from kube', () => {
  const wrong = SOURCES.filter((file) => roomOf(file.path) === 'server/cluster').flatMap((file) =>
    file.text
      .split('\n')
      .filter((line) => /from '.*\/kube\//.test(line) && !/^(import|export) type/.test(line))
      .map((line) => `${file.path}: ${line}`),
  );
  expect(wrong).toEqual([]);
});

test('no files import each other in a circle, types included', () => {
  const graph = new Map(
    SOURCES.map((file) => [
      file.path,
      file.imports.filter(({ from }) => from.startsWith('.')).map(({ from }) => resolveImport(file.path, from)),
    ]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, above: string[]): void => {
    if (above.includes(path)) circles.push([...above.slice(above.indexOf(path)), path].join(' -> '));
    if (done.has(path) || above.includes(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...above, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  expect(circles).toEqual([]);
});

test('at most eight visible folders stand at the top', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n');
  const tops = new Set(tracked.map((path) => path.split('/')[0]));
  const folders = readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && tops.has(entry.name))
    .map((entry) => entry.name);
  expect(folders.length).toBeLessThanOrEqual(8);
});
