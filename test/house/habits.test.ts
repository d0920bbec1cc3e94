import { expect, test } from 'vitest';
import { isGenerated, isTest, type Node, resolveImport, type SourceFile, sourceFiles, walk } from './source-files.ts';

const ALL = sourceFiles();
const SOURCES = ALL.filter((file) => !isTest(file.path));
const LINES_OF_A_FILE = 400;
const LINES_OF_A_FUNCTION = 70;

const lineOf = (file: SourceFile, offset: number): number => file.text.slice(0, offset).split('\n').length;

function found(pattern: RegExp, allowed: (path: string) => boolean): string[] {
  return SOURCES.filter((file) => !allowed(file.path)).flatMap((file) =>
    [...withoutComments(file).matchAll(pattern)].map(
      (match) => `${file.path}:${lineOf(file, match.index)}: ${match[0]}`,
    ),
  );
}

/** The text with comments blanked, so that offsets stay right. */
function withoutComments(file: SourceFile): string {
  return file.text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '));
}

test('SQL stands only in the store', () => {
  const sql =
    /(?<=[`'])\s*(select\s+[\w*"(][\s\S]{0,200}?\sfrom\s|insert into \w|update \w+ set |delete from \w|create (table|database) )/gi;
  expect(found(sql, (path) => path.includes('/store/'))).toEqual([]);
});

test("the published Kubernetes client is imported nowhere but for types, in kube and the cluster's rooms", () => {
  const wrong = SOURCES.flatMap((file) =>
    file.imports
      .filter(({ from }) => from.startsWith('@kubernetes/'))
      .map(({ from }) => `${file.path} imports ${from}`),
  );
  expect(wrong.filter((line) => !/packages\/server\/src\/(kube|cluster)\//.test(line))).toEqual([]);
});

test('the environment is read only where configuration is', () => {
  const allowed = (path: string): boolean =>
    path.includes('/main/') || path.includes('/cli/') || path.endsWith('/runner/environment.ts');
  expect(found(/process\.env\b/g, allowed)).toEqual([]);
});

test('clocks and randomness come in through ports', () => {
  const direct =
    /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bMath\.random\(|\brandomUUID\(|\brandomBytes\(|\bhrtime\b/g;
  expect(found(direct, (path) => /\/system-[^/]*\.ts$/.test(path))).toEqual([]);
});

test('no any, no default export, no unfinished mark, no switched-off check', () => {
  const banned = /:\s*any\b|\bas any\b|<any>|\bexport default\b|\bFIXME\b|\bTODO\b|@ts-ignore|@ts-nocheck/g;
  expect(found(banned, () => false)).toEqual([]);
});

test(`a source file has at most ${LINES_OF_A_FILE} lines`, () => {
  const long = SOURCES.filter((file) => file.lines > LINES_OF_A_FILE && !isGenerated(file));
  expect(long.map((file) => `${file.path}: ${file.lines}`)).toEqual([]);
});

test(`a function has at most ${LINES_OF_A_FUNCTION} lines`, () => {
  const long = SOURCES.flatMap((file) =>
    walk(file.program)
      .filter((node) => ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'].includes(node.type))
      .map((node) => ({ node, lines: lineOf(file, node.end) - lineOf(file, node.start) + 1 }))
      .filter(({ lines }) => lines > LINES_OF_A_FUNCTION)
      .map(({ node, lines }) => `${file.path}:${lineOf(file, node.start)}: ${lines} lines`),
  );
  expect(long).toEqual([]);
});

test('no file is a shelter', () => {
  const shelters = /\/(utils?|helpers?|common|types|interfaces|misc|shared)(\.ts|\/)/;
  expect(SOURCES.map((file) => file.path).filter((path) => shelters.test(path))).toEqual([]);
});

test('no test deletes a folder whose path is computed with ..', () => {
  const wrong = ALL.filter((file) => isTest(file.path) && /rmSync?\([^;]*'\.\.'/.test(file.text));
  expect(wrong.map((file) => file.path)).toEqual([]);
});

test('what is exported is used by another file, or is a public door', () => {
  const used = new Set<string>();
  for (const file of ALL) {
    for (const { from, names } of file.imports) {
      if (!from.startsWith('.')) continue;
      for (const name of names) used.add(`${resolveImport(file.path, from)}#${name}`);
    }
  }
  // The packages' public doors, and what bin/gantry.mjs runs.
  const doors = /\/sdk\/src\/(model|author|testing)\/|\/cli\/run-cli\.ts$/;
  const isDoor = (path: string): boolean => doors.test(path);
  const dead = SOURCES.filter((file) => !isDoor(file.path) && !used.has(`${file.path}#*`)).flatMap((file) =>
    exportedNames(file.program)
      .filter((name) => !used.has(`${file.path}#${name}`) && !isUsedInside(file, name))
      .map((name) => `${file.path}: ${name}`),
  );
  expect(dead).toEqual([]);
});

/** A type that only shapes another export of the same file is used by whoever uses that. */
function isUsedInside(file: SourceFile, name: string): boolean {
  return [...file.text.matchAll(new RegExp(`\\b${name}\\b`, 'g'))].length > 1;
}

function exportedNames(program: Node): string[] {
  return walk(program)
    .filter((node) => node.type === 'ExportNamedDeclaration' && node.declaration !== null)
    .flatMap((node) => {
      const declaration = node.declaration as Node & {
        id?: { name: string };
        declarations?: { id: { name?: string } }[];
      };
      if (declaration.id?.name !== undefined) return [declaration.id.name];
      return (declaration.declarations ?? []).flatMap((each) => (each.id.name === undefined ? [] : [each.id.name]));
    });
}
