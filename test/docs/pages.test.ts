import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FAILURE_CLASSES, TASK_STATES, TRIGGER_RULES } from '@gantry/sdk/model';
import { expect, test } from 'vitest';
import { WHY_KINDS } from '../../packages/server/src/api/why/why-cause.ts';
import { readPodTemplate } from '../../packages/server/src/kube/pod/pod-template.ts';
import { OPTION_TABLE, type OptionRow } from '../../packages/server/src/main/config/option-table.ts';
import { apiFiles } from './api-types.ts';
import { generatedPages } from './generated-pages.ts';
import { blocksOf, inlineCode, lineOf, pagePaths, pageText, prose, ROOT } from './pages.ts';

const OPTIONS = OPTION_TABLE as Record<string, Record<string, OptionRow>>;

test('the pages that are made of tables are up to date; scripts/write-docs.mjs writes them', () => {
  for (const [path, text] of Object.entries(generatedPages())) expect(pageText(path), path).toBe(text);
});

test('the OpenAPI document and the types of the web page are those of the routes; scripts/write-api-types.mjs writes them', async () => {
  for (const [path, text] of Object.entries(await apiFiles()))
    expect(readFileSync(join(ROOT, path), 'utf8') === text, `${path} is stale`).toBe(true);
});

test('every relative link leads to a file, and to a heading of it', () => {
  const broken = pagePaths().flatMap((page) => {
    const text = prose(page);
    return [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)]+))?\)/g)].flatMap((match) => {
      const target = match[1] === '' ? page : join(dirname(page), match[1]!);
      const place = `${page}:${lineOf(text, match.index)} ${match[0]}`;
      if (!existsSync(join(ROOT, target))) return [place];
      return match[2] === undefined || anchorsOf(target).includes(match[2]) ? [] : [place];
    });
  });
  expect(broken).toEqual([]);
});

/** Headings as a forge turns them into anchors. */
function anchorsOf(page: string): readonly string[] {
  return [...prose(page).matchAll(/^#+ (.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('every file of the repository that a page names exists', () => {
  const missing = pagePaths().flatMap((page) =>
    inlineCode(page)
      .filter(({ code }) => /^(packages|examples|test|scripts|docs|bench)\/[\w./-]+$/.test(code))
      .filter(({ code }) => !code.includes('/dist/') && !existsSync(join(ROOT, code)))
      .map(({ code, line }) => `${page}:${line} ${code}`),
  );
  expect(missing).toEqual([]);
});

test('every option that a page names as [section] option is in the table of options', () => {
  const unknown = pagePaths().flatMap((page) => {
    const text = prose(page);
    return [...text.matchAll(/`\[(\w+)\] (\w+)`/g)]
      .filter((match) => OPTIONS[match[1]!]?.[match[2]!] === undefined)
      .map((match) => `${page}:${lineOf(text, match.index)} ${match[0]}`);
  });
  expect(unknown).toEqual([]);
});

test('every line of an example configuration is an option of the table', () => {
  const unknown = blocksOf('ini').flatMap(({ page, line, text }) => {
    let section = '';
    return text
      .split('\n')
      .filter((written) => {
        const header = /^\[(\w+)\]$/.exec(written)?.[1];
        section = header ?? section;
        if (header !== undefined || written === '') return false;
        const name = /^(\w+) = ./.exec(written)?.[1] ?? '';
        return (OPTIONS[section]?.[name] ?? secretRow(section, name)) === undefined;
      })
      .map((written) => `${page}:${line} ${written}`);
  });
  expect(unknown).toEqual([]);
});

function secretRow(section: string, name: string): OptionRow | undefined {
  const row = OPTIONS[section]?.[name.replace(/_(cmd|file)$/, '')];
  return row?.secret === true ? row : undefined;
}

test('every pod template that a page shows can be used', () => {
  const templates = blocksOf('yaml').filter(({ text }) => text.includes('kind: Pod\n'));
  expect(templates.length).toBeGreaterThan(0);
  for (const { page, text } of templates) expect(readPodTemplate(Buffer.from(text), page).problems).toEqual([]);
});

test.each([
  ['docs/trigger-rules.md', 'trigger rule', TRIGGER_RULES],
  ['docs/tasks-and-retries.md', 'task state', TASK_STATES],
  ['docs/failures.md', 'failure class', FAILURE_CLASSES],
  ['docs/why-is-it-not-running.md', 'cause', WHY_KINDS],
  ['docs/dags.md', 'option of a DAG', fieldsOf('dag-options.ts', 'DagOptions')],
  ['docs/dags.md', 'option of a task', fieldsOf('task-options.ts', 'TaskOptions')],
  ['docs/dags.md', 'field of the context', fieldsOf('task-context.ts', 'TaskContext<Params = JsonObject>')],
  ['docs/architecture.md', 'room', roomsOfTheHouseTest()],
])('%s names every %s', (page, _what, names) => {
  expect(names.length).toBeGreaterThan(5);
  const codes = new Set(inlineCode(page).map(({ code }) => code));
  expect(names.filter((name) => !codes.has(name))).toEqual([]);
});

/** Names of the fields of an interface of the author's room. */
function fieldsOf(file: string, type: string): readonly string[] {
  const text = readFileSync(join(ROOT, 'packages/sdk/src/author', file), 'utf8');
  const body = text.split(`interface ${type} {`)[1]?.split('\n}')[0] ?? '';
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map((match) => match[1]!);
}

function roomsOfTheHouseTest(): readonly string[] {
  const text = readFileSync(join(ROOT, 'test/house/layout.test.ts'), 'utf8');
  return [...text.matchAll(/^ {2}'((?:sdk|server)\/\w+)': \[/gm)].map((match) => match[1]!);
}

test('the first DAG of the README is a file of the examples, word for word', () => {
  const [first] = blocksOf('ts').filter(({ page }) => page === 'README.md');
  expect(first?.text).toBe(readFileSync(join(ROOT, 'examples/dags/first_steps.ts'), 'utf8'));
});
