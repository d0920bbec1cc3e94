import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { DagFolder, oneTaskDag } from '../../../../test/support/dag-folder.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { type LoadedFile, type LoadOptions, loadDagFile } from './load-dag-file.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const folders: DagFolder[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

function folderWith(files: Readonly<Record<string, string>>): DagFolder {
  const folder = new DagFolder(files);
  folders.push(folder);
  return folder;
}

async function load(files: Readonly<Record<string, string>>, options: Partial<LoadOptions> = {}) {
  const folder = folderWith(files);
  return loadDagFile(Object.keys(files)[0]!, {
    folder: folder.path,
    clock,
    timeoutSeconds: 20,
    memoryLimitMebibytes: 256,
    ...options,
  });
}

async function loaded(
  files: Readonly<Record<string, string>>,
  options: Partial<LoadOptions> = {},
): Promise<LoadedFile> {
  const result = await load(files, options);
  if (result.kind === 'failure') throw new Error(result.message);
  return result;
}

async function failure(files: Readonly<Record<string, string>>, options: Partial<LoadOptions> = {}) {
  const result = await load(files, options);
  if (result.kind === 'loaded') throw new Error(`It loaded ${result.dags.map(({ dagId }) => dagId).join(', ')}.`);
  return result;
}

test('every exported DAG counts once, those in lists too', async () => {
  const text = `import { dag } from '@gantry/sdk';
    const make = (id: string) => dag(id, {}, () => {});
    export const one = make('one');
    export const again = one;
    export const list = [make('two'), make('three')];
    export const other = { kind: 'else' };
    make('not_exported');`;
  const { dags } = await loaded({ 'a.ts': text });
  expect(dags.map(({ dagId }) => dagId).sort()).toEqual(['one', 'three', 'two']);
});

test('enums, parameter properties, extension-less imports, top-level await and text files work', async () => {
  const { dags } = await loaded({
    'a.ts': `import { dag } from '@gantry/sdk';
      import { names } from './lib/names';
      import query from './query.sql';
      enum Colour { Red = 'red' }
      class Maker { constructor(readonly id: string) {} }
      const late = await Promise.resolve('late');
      export const it = dag([new Maker('a').id, Colour.Red, late, ...names].join('_'), { description: query }, () => {});`,
    'lib/names.ts': `export const names: string[] = ['x', 'y'];`,
    'query.sql': 'select 1',
  });
  expect(dags.map(({ dagId, description }) => [dagId, description])).toEqual([['a_red_late_x_y', 'select 1']]);
});

test('packages of the DAG folder are in the bundle, CommonJS ones with require and __dirname too', async () => {
  const { dags, bundle } = await loaded({
    'a.ts': `import { dag } from '@gantry/sdk';
      import { createRequire } from 'node:module';
      import { dirname } from 'node:path';
      import { fileURLToPath } from 'node:url';
      import old from 'old-package';
      const require = createRequire(import.meta.url);
      const __dirname = dirname(fileURLToPath(import.meta.url));
      export const it = dag(old.name + typeof require('node:os').cpus + typeof __dirname, {}, () => {});`,
    'node_modules/old-package/package.json': '{"name":"old-package","version":"1.0.0","main":"main.js"}',
    'node_modules/old-package/main.js': `const os = require('os'); const name = ['util'].map((n) => require(n));
      module.exports = { name: typeof os.cpus + typeof name[0].format + typeof __dirname + typeof __filename };`,
  });
  expect(dags[0]?.dagId).toBe('functionfunctionstringstringfunctionstring');
  expect(bundle.code).not.toContain("from 'old-package'");
});

test('the same folder in another place gives the same bundle, without the path of the machine', async () => {
  const files = { 'a.ts': oneTaskDag('a'), 'b.ts': '' };
  const [one, other] = [await loaded(files), await loaded(files)];
  expect(one.bundle.digest).toBe(other.bundle.digest);
  for (const { path } of folders) expect(one.bundle.code).not.toContain(path);
  const map = one.bundle.code.split('base64,').at(-1)!;
  expect(Buffer.from(map, 'base64').toString()).not.toContain(process.cwd());
});

test('a file without DAGs is fine, and is not run when it does not import the SDK', async () => {
  expect((await loaded({ 'a.ts': `throw new Error('not run');` })).dags).toEqual([]);
  expect((await loaded({ 'a.ts': `import { dag } from '@gantry/sdk'; export const made = typeof dag;` })).dags).toEqual(
    [],
  );
});

test('a syntax error names its line and position', async () => {
  expect(await failure({ 'a.ts': 'const a = 1;\nconst = 2;\n' })).toMatchObject({ file: 'a.ts', line: 2, position: 7 });
});

test('an import that cannot be found names it and its line', async () => {
  const found = await failure({ 'a.ts': `\nimport './nowhere';` });
  expect(found).toMatchObject({ line: 2, message: expect.stringContaining('./nowhere') });
});

test('a throw is told with its message at the line of the source', async () => {
  const text = `import { dag } from '@gantry/sdk';\ninterface Nothing { gone: true }\n\nthrow new TypeError('bad day');\nexport { dag };`;
  expect(await failure({ 'a.ts': text })).toMatchObject({ message: 'TypeError: bad day', line: 4, position: 7 });
});

test('a definition error is told at the line of the author, not of the SDK', async () => {
  const text = `import { dag, task } from '@gantry/sdk';\ntype A = 1;\nexport const it = dag('a', {}, () => {\n  task('x', { retrys: 1 }, () => 1)();\n});`;
  const found = await failure({ 'a.ts': text });
  expect(found).toMatchObject({ message: 'The task "x" has no option "retrys"; did you mean "retries"?', line: 4 });
});

test('a throw in a helper names the helper', async () => {
  const found = await failure({
    'a.ts': `import { dag } from '@gantry/sdk'; import { help } from './helper'; help(); export { dag };`,
    'helper.ts': `export function help() {\n  throw new Error('no help');\n}`,
  });
  expect(found).toMatchObject({ file: 'a.ts', message: 'helper.ts:2:9: no help', line: null });
});

const useSdk = `import { dag } from '@gantry/sdk';\nexport { dag };\n`;

test('process.exit is told with its line', async () => {
  const found = await failure({ 'a.ts': `${useSdk}process.exit(3);` });
  expect(found).toMatchObject({ message: expect.stringContaining('process.exit(3)'), line: 3 });
});

test('an endless loop ends at the time limit and is told with its line [F83]', async () => {
  const text = `${useSdk}function spin(): void {\n  for (;;) Math.random();\n}\nconsole.log('here');\nspin();`;
  const found = await failure({ 'a.ts': text }, { timeoutSeconds: 1 });
  expect(found).toMatchObject({ line: 4, position: expect.any(Number) });
  expect(found.message).toMatch(/did not finish loading within 1 seconds.*\n\nIt printed:\nhere/s);
});

test('a wait that outlasts the time limit ends too', async () => {
  const found = await failure(
    { 'a.ts': `${useSdk}await new Promise((r) => setTimeout(r, 60_000));` },
    { timeoutSeconds: 1 },
  );
  expect(found.message).toContain('did not finish loading within 1 seconds');
});

test('what user code leaves running ends with it', async () => {
  const pidFile = `${useSdk}import { spawn } from 'node:child_process';
    const child = spawn('sleep', ['600'], { stdio: 'inherit' });
    setInterval(() => {}, 1000);
    throw new Error(String(child.pid));`;
  const pid = Number((await failure({ 'a.ts': pidFile })).message);
  expect(pid).toBeGreaterThan(1);
  await eventually('the process is gone', () => !isRunning(pid));
});

function isRunning(pid: number): boolean {
  try {
    // A killed process that nobody has waited for yet is a zombie.
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('a promise that never settles is told as that', async () => {
  expect((await failure({ 'a.ts': `${useSdk}await new Promise(() => {});` })).message).toContain('never settles');
});

test('a file that eats memory is stopped, on the heap and in buffers [F83]', async () => {
  const heap = `${useSdk}const all = []; for (;;) all.push(new Array(1000).fill(all.length));`;
  const buffers = `${useSdk}const all = []; for (let i = 0; i < 2000; i++) { all.push(Buffer.alloc(1024 * 1024, 1)); }\nawait new Promise((r) => setTimeout(r, 20000));`;
  for (const text of [heap, buffers]) {
    const found = await failure({ 'a.ts': text }, { memoryLimitMebibytes: 64 });
    expect(found.message).toContain('needs more than 64 MiB');
  }
});

test('the child sees no option and no credential of the server', async () => {
  const text = `import { dag } from '@gantry/sdk';
    export const it = dag(Object.keys(process.env).filter((name) => /GANTRY|KEPT|PASSWORD|SECRET/.test(name)).join('-') || 'none', {}, () => {});`;
  const environment = {
    GANTRY__DATABASE__URL: 'secret',
    GANTRY_API_TOKEN: 'secret',
    PGPASSWORD: 'secret',
    AWS_SECRET_ACCESS_KEY: 'secret',
    KEPT: '1',
  };
  expect((await loaded({ 'a.ts': text }, { environment })).dags[0]?.dagId).toBe('KEPT');
});

test('what the child claims is checked again: a forged spec is refused', async () => {
  const forged = (change: string) => `import { dag, task } from '@gantry/sdk';
    const real = dag('a', {}, () => { task('x', () => 1)(); });
    const spec = JSON.parse(JSON.stringify(real.spec));
    ${change}
    export const it = { kind: 'gantry.dag', spec, handlers: real.handlers };`;
  const sentences = {
    'spec.extra = 1;': 'must NOT have additional properties',
    'spec.layout = 9;': 'layout 9',
    "spec.dagId = '../up';": 'dagId must match pattern',
    "spec.tasks[0].taskId = 'y';": '"y" of the DAG "a" has no function',
    "spec.tasks[0].upstream = ['x'];": 'cycle',
    "spec.schedule = { kind: 'cron', expression: '61 * * * *', timezone: 'UTC', interval: false };": '61 * * * *',
    "spec.schedule = { kind: 'cron', expression: '0 0 30 2 *', timezone: 'UTC', interval: false };": 'never comes',
    "spec.schedule = { kind: 'cron', expression: '0 0 * * *', timezone: 'Mars/Base', interval: false };": 'Mars/Base',
    "spec.startDate = 'today';": 'startDate is "today"',
    "spec.docMd = 'a\\0b';": 'NUL',
    'spec.tasks = Array(10001).fill(spec.tasks[0]);': '10001 tasks',
  };
  for (const [change, sentence] of Object.entries(sentences)) {
    expect((await failure({ 'a.ts': forged(change) })).message).toContain(sentence);
  }
});

test('two DAGs with one id in a file are refused', async () => {
  const text = `import { dag } from '@gantry/sdk'; export const all = [1, 2].map(() => dag('twice', {}, () => {}));`;
  expect((await failure({ 'a.ts': text })).message).toContain('two DAGs with the id "twice"');
});

test('packages above the DAG folder leave the digest as it is when a link swaps the whole tree', async () => {
  const text = `import { dag } from '@gantry/sdk';
    import { word } from 'words';
    export const it = dag('it', { description: word }, () => {});`;
  const tree = (name: string) => ({
    [`.trees/${name}/dags/a.ts`]: text,
    [`.trees/${name}/node_modules/words/index.js`]: "export { word } from './word.js';",
    [`.trees/${name}/node_modules/words/word.js`]: "export const word = 'same';",
    [`.trees/${name}/node_modules/words/package.json`]: '{"name": "words", "type": "module", "exports": "./index.js"}',
  });
  const folder = folderWith({ ...tree('one'), ...tree('two') });
  const link = join(folder.path, 'current');
  const digestOf = async (name: string) => {
    rmSync(link, { force: true });
    symlinkSync(join('.trees', name), link);
    const options = { folder: join(link, 'dags'), clock, timeoutSeconds: 20, memoryLimitMebibytes: 256 };
    const result = await loadDagFile('a.ts', options);
    if (result.kind === 'failure') throw new Error(result.message);
    return result.bundle.digest;
  };
  expect(await digestOf('one')).toBe(await digestOf('two'));
});
