import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DagFolder } from '../../../../../test/support/dag-folder.ts';

/** What `npm test` has built. */
const PROGRAM = fileURLToPath(new URL('../../../bin/gantry.mjs', import.meta.url));
let folder: DagFolder;

beforeAll(() => {
  folder = new DagFolder({
    'dags/etl.ts': `import { dag, empty, task } from '@gantry/sdk';
const load = task('load', { executorConfig: { podOverride: {
  metadata: { labels: { team: 'data' } },
  spec: { restartPolicy: 'Never', containers: [{ image: 'loader:2' }], volumes: [{ name: 'scratch', emptyDir: {} }] },
} } }, () => 1);
export const etl = dag('etl', { executorConfig: { podOverride: { metadata: { labels: { team: 'all' } } } } }, () => {
  load(); empty('gate');
});
`,
    'dags/two.ts': `import { dag } from '@gantry/sdk';
export const a = dag('first', {}, () => {});
export const b = dag('second', {}, () => {});
`,
    'wrong/label.ts': `import { dag, task } from '@gantry/sdk';
const wrong = { spec: { nodeSelectors: { disk: 'ssd' } } } as object;
const load = task('load', { executorConfig: { podOverride: wrong } }, () => 1);
export const label = dag('label', {}, () => { load(); });
`,
    'wrong/template.ts': `import { dag, task } from '@gantry/sdk';
const load = task('load', { executorConfig: { podTemplateFile: 'job.yaml' } }, () => 1);
export const template = dag('template', {}, () => { load(); });
`,
    'wrong/job.yaml': 'apiVersion: v1\nkind: Job\nmetadata: {name: t}\nspec: {containers: [{name: base, image: i}]}\n',
    'wrong/name.ts': `import { dag, task } from '@gantry/sdk';
const load = task('load', { executorConfig: { podOverride: { metadata: { name: 'mine' } } } }, () => 1);
export const name = dag('name', {}, () => { load(); });
`,
    'wrong/away.ts': `import { dag, task } from '@gantry/sdk';
const load = task('load', { executorConfig: { podOverride: { metadata: { namespace: 'prod' } } } }, () => 1);
export const away = dag('away', {}, () => { load(); });
`,
    'wrong/twice.ts': `import { dag, task } from '@gantry/sdk';
const load = task('load', { executorConfig: { podOverride: { spec: { containers: [{ name: 'x' }, { name: 'x' }] } } } }, () => 1);
export const twice = dag('twice', {}, () => { load(); });
`,
    'base.yaml': 'spec:\n  containers: [{name: base, image: a}]\n',
    'override.json': '{"spec":{"containers":[{"env":[{"name":"A","value":"1"}]},{"name":"side","image":"b"}]}}',
    'twice.yaml': 'spec:\n  containers: [{name: x}, {name: x}]\n',
    'broken.yaml': 'spec: [\n',
    'list.yaml': '- a\n',
    'empty.yaml': '',
    'two.yaml': 'spec: {}\n---\nspec: {}\n',
    'again.yaml': 'spec: {}\nspec: {}\n',
    'loop.yaml': 'spec: &a {x: *a}\n',
    'directive.yaml': 'spec: {$patch: remove}\n',
  });
  writeFileSync(join(folder.path, 'latin.yaml'), 'spec: {hostname: é}\n', 'latin1');
});

afterAll(() => folder.remove());

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const gantry = (...words: string[]): Promise<Ended> => gantryWith({}, ...words);

async function gantryWith(more: Readonly<Record<string, string>>, ...words: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    cwd: folder.path,
    env: {
      PATH: process.env.PATH,
      HOME: folder.path,
      GANTRY_HOME: folder.path,
      GANTRY__CORE__DAGS_FOLDER: join(folder.path, 'dags'),
      ...more,
    },
  });
  child.stdin.on('error', () => undefined).end('spec: {hostname: given}\n');
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, out, err };
}

async function urlOfNobody(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

/** A refusal: nothing on standard output, one line on the other. */
function expectSentence({ code, out, err }: Ended, sentence: string): void {
  expect(code).not.toBe(0);
  expect([out, err.trimEnd().split('\n').length]).toEqual(['', 1]);
  expect(err).toContain(sentence);
}

describe('gantry pod explain', () => {
  test.concurrent('shows each field with who set it and what that replaced, from the DAG file and the configuration alone', async () => {
    const { code, out, err } = await gantry('pod', 'explain', 'etl', 'load');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^# Preview: the-run, the-deployment and 0{8}-0000-4000-8000-0{12} stand for what a launch fills in\.\n/,
    );
    const line = (field: string) => out.split('\n').find((one) => one.trim().startsWith(field));
    expect(line('team:')).toMatch(/^ {4}team: data +# podOverride of the task \(was all\)$/);
    expect(line('image: loader:2')).toMatch(/# podOverride of the task \(was gantry-worker:latest\)$/);
    expect(line('runAsUser:')).toMatch(/# template: the built-in template$/);
    expect(line('restartPolicy:')).toMatch(/restartPolicy: Never +# podOverride of the task$/);
    expect(line('emptyDir:')).toMatch(/emptyDir: \{\} +# podOverride of the task$/);
    expect(line('kubernetes_executor:')).toMatch(/# identity$/);
    expect(line('enableServiceLinks:')).toMatch(/# defaults$/);
    // The text is YAML: what stands behind # is a comment.
    expect(parse(out)).toEqual(JSON.parse((await gantry('pod', 'explain', 'etl', 'load', '-o', 'json')).out).pod);
  });

  test.concurrent('as data it is pod, origins and warnings, the same in YAML and JSON', async () => {
    const json = JSON.parse((await gantry('pod', 'explain', 'etl', 'load', '--output', 'json')).out);
    expect(Object.keys(json)).toEqual(['pod', 'origins', 'warnings']);
    expect(parse((await gantry('pod', 'explain', 'dags/etl.ts', 'load', '--output', 'yaml')).out)).toEqual(json);
  });

  test.concurrent('a template is looked for from the folder of a file that is no part of the DAG folder', async () => {
    const other = new DagFolder({
      'lone.ts': `import { dag, task } from '@gantry/sdk';
const load = task('load', { executorConfig: { podTemplateFile: 'pod.yaml' } }, () => 1);
export const lone = dag('lone', {}, () => { load(); });
`,
      'pod.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: {name: t}\nspec: {containers: [{name: base, image: "lone:1"}]}\n',
    });
    const { code, out } = await gantry('pod', 'explain', join(other.path, 'lone.ts'), 'load');
    other.remove();
    expect(code).toBe(0);
    expect(out).toMatch(/image: lone:1 +# template: \S+pod\.yaml:4$/m);
  });

  test.concurrent('a run that no server can be asked about is previewed with its id, and that is told', async () => {
    const { code, out, err } = await gantry('pod', 'explain', 'etl', 'load', '--run', 'nightly_7', '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out).pod.metadata.annotations.run_id).toBe('nightly_7');
    expect(err).toMatch(/^No standalone runs on .* This is a preview from the DAG file, with the id of the run\.\n$/);
  });

  test.concurrent('a server that was named and does not listen is told, and a mistake in its address is a mistake', async () => {
    const url = await urlOfNobody();
    const none = { GANTRY_API_URL: url, GANTRY_API_TOKEN: 't' };
    const away = await gantryWith(none, 'pod', 'explain', 'dags/etl.ts', 'load', '--run', 'r');
    expect([away.code, away.err]).toEqual([0, expect.stringContaining(`No API server listens at ${url}.`)]);
    expect(away.out).toMatch(/^ +run_id: r +# identity$/m);
    const malformed = await gantryWith({ GANTRY_API_URL: 'here' }, 'pod', 'explain', 'etl', 'load', '--run', 'r');
    expect([malformed.code, malformed.out]).toEqual([2, '']);
    expect(malformed.err).toContain('GANTRY_API_URL is "here"; expected a URL');
  });

  test.concurrent.each([
    [['etl', 'laod'], 'DAG etl has no task laod. Did you mean load?'],
    [['etl', 'gate'], 'Task gate of DAG etl is empty(): it never has a pod.'],
    [['elt', 'load'], 'defines no DAG elt. Did you mean etl?'],
    [['dags/two.ts', 'load'], 'two.ts defines several DAGs (first, second); name one by its id.'],
    [['none.ts', 'load'], 'none.ts: There is no such file.'],
    [['etl', 'load', '-o', 'xml'], '--output: found "xml", expected text, yaml or json.'],
    [['etl', 'load', '--map-index', 'first'], '--map-index: found "first", expected a whole number of at least 0.'],
    [['etl', 'load', '--map-index', ''], '--map-index: found "", expected a whole number of at least 0.'],
    [['etl', 'load', '--map-index', '-2'], '--map-index: found "-2", expected a whole number of at least 0.'],
    [['etl', 'load', '--runs', 'r'], "Unknown option '--runs'; did you mean --run?"],
    [['wrong/label.ts', 'load'], 'DAG label, task load, podOverride: spec.nodeSelectors is no field'],
    [['wrong/label.ts', 'load', '--run', 'r'], 'DAG label, task load, podOverride: spec.nodeSelectors is no field'],
    [['etl'], "Missing required argument 'task'"],
  ])('bad input is one sentence: %j', async (words, sentence) => {
    expectSentence(await gantry('pod', 'explain', ...words), sentence);
  });
});

describe('gantry kubernetes generate-dag-yaml', () => {
  test.concurrent('writes one file for each task that has a pod, which is the pod that explain shows', async () => {
    const { code, out } = await gantry('kubernetes', 'generate-dag-yaml', 'etl', '-l', '2031-02-03', '-o', 'out');
    expect([code, out]).toEqual([0, 'Wrote 1 pod to out/gantry_yaml_output\n']);
    const written = join(folder.path, 'out', 'gantry_yaml_output');
    const [file, ...others] = readdirSync(written);
    expect([file, others]).toEqual([expect.stringMatching(/^etl_load_2031-02-03T000000\.000Z-[0-9a-f]{9}\.yml$/), []]);
    const pod = parse(readFileSync(join(written, file!), 'utf8'));
    expect(pod.metadata.annotations.run_id).toBe('manual__2031-02-03T00:00:00+00:00');
    const shown = JSON.parse((await gantry('pod', 'explain', 'etl', 'load', '-o', 'json')).out).pod;
    expect(pod.spec).toEqual(shown.spec);
  });

  test.concurrent.each([
    [['etl', '-l', 'soon'], '--logical-date: found "soon"'],
    [['etl', '-l', ''], '--logical-date: found ""'],
    [['etl', '-l', '2031-13-01'], '--logical-date: found "2031-13-01"'],
    [['nope'], 'defines no DAG nope.'],
    [['elt'], 'defines no DAG elt. Did you mean etl?'],
    [['dags/two.ts'], 'dags/two.ts defines several DAGs (first, second); name one by its id.'],
    [['none.ts'], 'none.ts: There is no such file.'],
    [['base.yaml'], 'base.yaml'],
    [['wrong/template.ts'], 'job.yaml:2:7 error kind: is "Job"; expected Pod.'],
    [['wrong/label.ts'], 'DAG label, task load, podOverride: spec.nodeSelectors is no field'],
    [['etl', '-o', 'base.yaml/below'], 'A part of the path is no folder'],
    [['etl', '--yaml'], "Unknown option '--yaml'"],
    [[], "Missing required argument 'dag'"],
  ])('bad input is one sentence: %j', async (words, sentence) => {
    expectSentence(await gantry('kubernetes', 'generate-dag-yaml', ...words), sentence);
  });
});

describe('a DAG whose pod cannot be built', () => {
  const wrong = {
    label: 'podOverride: spec.nodeSelectors is no field of PodSpec in Kubernetes 1.36. Did you mean nodeSelector?',
    template: 'job.yaml:2:7 error kind: is "Job"; expected Pod.',
    name: 'podOverride: metadata.name is derived from the attempt',
    away: 'podOverride: metadata.namespace is derived from the attempt',
    twice: 'podOverride: spec.containers has x twice',
  };

  test.concurrent('is an error of dags check with DAG, task and path, and the other files go on', async () => {
    const files = Object.keys(wrong).map((name) => `wrong/${name}.ts`);
    const { code, out } = await gantry('dags', 'check', ...files, 'dags/etl.ts');
    expect(code).toBe(1);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(files.length + 1);
    for (const [place, [name, sentence]] of Object.entries(wrong).entries()) {
      expect(lines[place]).toMatch(new RegExp(`^error .*DAG ${name}, task load`));
      expect(lines[place]).toContain(sentence);
    }
    expect(lines.at(-1)).toBe('good   dags/etl.ts: etl (2 tasks)');
  });

  test.concurrent('is refused by dags test before it runs', async () => {
    const { code, out, err } = await gantry('dags', 'test', 'wrong/template.ts');
    expect(code).not.toBe(0);
    expect(out + err).toContain(wrong.template);
  });

  test.concurrent('may be one because of what the site says', async () => {
    const policy = { GANTRY__KUBERNETES_EXECUTOR__POD_POLICY: 'restricted' };
    const { code, out } = await gantryWith(policy, 'dags', 'check', 'dags/etl.ts');
    expect([code, out]).toEqual([0, expect.stringMatching(/^good/)]);
    const hook = { GANTRY__KUBERNETES_EXECUTOR__POD_MUTATION_HOOK: 'none.mjs' };
    expectSentence(await gantryWith(hook, 'dags', 'check', 'dags/etl.ts'), 'none.mjs cannot be loaded');
  });
});

describe('gantry kubernetes merge-pods', () => {
  test.concurrent('prints the plain merge of YAML and JSON files', async () => {
    const { code, out } = await gantry('kubernetes', 'merge-pods', 'base.yaml', 'override.json', '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      spec: {
        containers: [
          { name: 'base', image: 'a', env: [{ name: 'A', value: '1' }] },
          { name: 'side', image: 'b' },
        ],
      },
    });
    expect(parse((await gantry('kubernetes', 'merge-pods', 'base.yaml', 'override.json')).out)).toEqual(
      JSON.parse(out),
    );
  });

  test.concurrent('one of the two may come from standard input', async () => {
    expect(await gantry('kubernetes', 'merge-pods', 'base.yaml', '-')).toEqual({
      code: 0,
      err: '',
      out: 'spec:\n  containers:\n    - name: base\n      image: a\n  hostname: given\n',
    });
  });

  test.concurrent.each([
    [['base.yaml', 'none.yaml'], 'none.yaml does not exist; expected a pod'],
    [['.', 'base.yaml'], '. is a folder; expected a pod'],
    [['base.yaml', 'broken.yaml'], 'broken.yaml:2:1 error -: The YAML cannot be read'],
    [['base.yaml', 'list.yaml'], 'list.yaml is a list; expected a pod or a part of one.'],
    [
      ['base.yaml', 'twice.yaml'],
      'twice.yaml: spec.containers has x twice: spec.containers[0] and spec.containers[1].',
    ],
    [['base.yaml', 'empty.yaml'], 'empty.yaml'],
    [['base.yaml', 'two.yaml'], 'two.yaml:2:'],
    [['base.yaml', 'again.yaml'], 'again.yaml:2:1 error spec: is given twice; keep one.'],
    [['base.yaml', 'loop.yaml'], 'loop.yaml:1:'],
    [['base.yaml', 'latin.yaml'], 'is not UTF-8 text'],
    [['base.yaml', 'directive.yaml'], 'directive.yaml: spec has $patch "remove"; use replace, delete or merge.'],
    [['base.yaml'], "Missing required argument 'override'"],
    [['-', '-'], 'Only one of the two can come from standard input.'],
    [['base.yaml', 'override.json', '-o', 'xml'], '--output: found "xml", expected yaml or json.'],
  ])('bad input is one sentence: %j', async (words, sentence) => {
    expectSentence(await gantry('kubernetes', 'merge-pods', ...words), sentence);
  });
});
