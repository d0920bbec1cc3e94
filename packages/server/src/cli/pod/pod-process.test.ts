import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DagFolder } from '../../../../../test/support/dag-folder.ts';

/** What `npm test` has built. */
const PROGRAM = fileURLToPath(new URL('../../../bin/gantry.mjs', import.meta.url));
let folder: DagFolder;

beforeAll(() => {
  folder = new DagFolder({
    'etl.ts': `import { dag, empty, task } from '@gantry/sdk';
const load = task('load', { executorConfig: { podOverride: {
  metadata: { labels: { team: 'data' } },
  spec: { restartPolicy: 'Never', containers: [{ image: 'loader:2' }], volumes: [{ name: 'scratch', emptyDir: {} }] },
} } }, () => 1);
export const etl = dag('etl', { executorConfig: { podOverride: { metadata: { labels: { team: 'all' } } } } }, () => {
  load(); empty('gate');
});
`,
    'two.ts': `import { dag } from '@gantry/sdk';
export const a = dag('first', {}, () => {});
export const b = dag('second', {}, () => {});
`,
    'base.yaml': 'spec:\n  containers: [{name: base, image: a}]\n',
    'override.json': '{"spec":{"containers":[{"env":[{"name":"A","value":"1"}]},{"name":"side","image":"b"}]}}',
    'twice.yaml': 'spec:\n  containers: [{name: x}, {name: x}]\n',
    'broken.yaml': 'spec: [\n',
    'list.yaml': '- a\n',
  });
});

afterAll(() => folder.remove());

function gantry(...words: string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...words], {
    cwd: folder.path,
    env: {
      PATH: process.env.PATH,
      HOME: folder.path,
      GANTRY_HOME: folder.path,
      GANTRY__CORE__DAGS_FOLDER: folder.path,
    },
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

describe('gantry pod explain', () => {
  test('shows each field with who set it and what that replaced, from the DAG file and the configuration alone', () => {
    const { code, out, err } = gantry('pod', 'explain', 'etl', 'load');
    expect([code, err]).toEqual([0, '']);
    const line = (field: string) => out.split('\n').find((one) => one.trim().startsWith(field));
    expect(line('team:')).toMatch(/^ {4}team: data +# override: podOverride of the task \(was all\)$/);
    expect(line('image: loader:2')).toMatch(/# override: podOverride of the task \(was gantry-worker:latest\)$/);
    expect(line('runAsUser:')).toMatch(/# template: the built-in template$/);
    expect(line('restartPolicy:')).toMatch(/restartPolicy: Never +# override: podOverride of the task$/);
    expect(line('emptyDir:')).toMatch(/emptyDir: \{\} +# override/);
    expect(line('kubernetes_executor:')).toMatch(/# identity$/);
    expect(line('enableServiceLinks:')).toMatch(/# defaults$/);
    // The text is YAML: what stands behind # is a comment.
    expect(parse(out)).toEqual(JSON.parse(gantry('pod', 'explain', 'etl', 'load', '-o', 'json').out).pod);
  });

  test('as data it is pod, origins and warnings, the same in YAML and JSON', () => {
    const json = JSON.parse(gantry('pod', 'explain', 'etl', 'load', '--output', 'json').out);
    expect(Object.keys(json)).toEqual(['pod', 'origins', 'warnings']);
    expect(parse(gantry('pod', 'explain', 'etl.ts', 'load', '--output', 'yaml').out)).toEqual(json);
  });

  test('a template is looked for from the folder of a file that is no part of the DAG folder', () => {
    const other = new DagFolder({
      'lone.ts': `import { dag, task } from '@gantry/sdk';
const load = task('load', { executorConfig: { podTemplateFile: 'pod.yaml' } }, () => 1);
export const lone = dag('lone', {}, () => { load(); });
`,
      'pod.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: {name: t}\nspec: {containers: [{name: base, image: "lone:1"}]}\n',
    });
    const { code, out } = gantry('pod', 'explain', join(other.path, 'lone.ts'), 'load');
    other.remove();
    expect(code).toBe(0);
    expect(out).toMatch(/image: lone:1 +# template: \S+pod\.yaml$/m);
  });

  test.each([
    [['etl', 'laod'], 'DAG etl has no task laod. Did you mean load?'],
    [['etl', 'gate'], 'Task gate of DAG etl is empty(): it never has a pod.'],
    [['elt', 'load'], 'defines no DAG elt. Did you mean etl?'],
    [['two.ts', 'load'], 'two.ts defines several DAGs (first, second); name one by its id.'],
    [['none.ts', 'load'], 'none.ts: There is no such file.'],
    [['etl', 'load', '-o', 'xml'], '--output: found "xml", expected text, yaml or json.'],
    [['etl', 'load', '--map-index', 'first'], '--map-index: found "first", expected a whole number of at least 0.'],
    [['etl', 'load', '--run', 'r'], 'gantry:'],
    [['etl'], "Missing required argument 'task'"],
  ])('bad input is one sentence: %j', (words, sentence) => {
    const { code, out, err } = gantry('pod', 'explain', ...words);
    expect(code).not.toBe(0);
    expect([out, err.trimEnd().split('\n').length]).toEqual(['', 1]);
    expect(err).toContain(sentence);
    expect(err).not.toMatch(/\n\s+at /);
  });
});

describe('gantry kubernetes generate-dag-yaml', () => {
  test('writes one file for each task that has a pod, which is the pod that explain shows', () => {
    const { code, out } = gantry('kubernetes', 'generate-dag-yaml', 'etl', '-l', '2031-02-03', '-o', 'out');
    expect([code, out]).toEqual([0, 'Wrote 1 pod to out/gantry_yaml_output\n']);
    const written = join(folder.path, 'out', 'gantry_yaml_output');
    const [file, ...others] = readdirSync(written);
    expect([file, others]).toEqual([expect.stringMatching(/^etl_load_2031-02-03T000000\.000Z-[0-9a-f]{9}\.yml$/), []]);
    const pod = parse(readFileSync(join(written, file!), 'utf8'));
    expect(pod.metadata.annotations.run_id).toBe('manual__2031-02-03T00:00:00+00:00');
    const shown = JSON.parse(gantry('pod', 'explain', 'etl', 'load', '-o', 'json').out).pod;
    expect(pod.spec).toEqual(shown.spec);
  });

  test('a time that is none and a DAG that is not there are a sentence', () => {
    expect(gantry('kubernetes', 'generate-dag-yaml', 'etl', '-l', 'soon').err).toContain(
      '--logical-date: found "soon"',
    );
    expect(gantry('kubernetes', 'generate-dag-yaml', 'nope').err).toContain('defines no DAG nope.');
  });
});

describe('gantry kubernetes merge-pods', () => {
  test('prints the plain merge of YAML and JSON files', () => {
    const { code, out } = gantry('kubernetes', 'merge-pods', 'base.yaml', 'override.json', '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      spec: {
        containers: [
          { name: 'base', image: 'a', env: [{ name: 'A', value: '1' }] },
          { name: 'side', image: 'b' },
        ],
      },
    });
    expect(parse(gantry('kubernetes', 'merge-pods', 'base.yaml', 'override.json').out)).toEqual(JSON.parse(out));
  });

  test.each([
    [['base.yaml', 'none.yaml'], 'none.yaml does not exist; expected a pod'],
    [['.', 'base.yaml'], '. is a folder; expected a pod'],
    [['base.yaml', 'broken.yaml'], 'broken.yaml:2:1 error -: The YAML cannot be read'],
    [['base.yaml', 'list.yaml'], 'list.yaml is a list; expected a pod or a part of one.'],
    [
      ['base.yaml', 'twice.yaml'],
      'twice.yaml: spec.containers has x twice: spec.containers[0] and spec.containers[1].',
    ],
    [['-', '-'], 'Only one of the two can come from standard input.'],
    [['base.yaml', 'override.json', '-o', 'xml'], '--output: found "xml", expected yaml or json.'],
  ])('bad input is one sentence: %j', (words, sentence) => {
    const { code, out, err } = gantry('kubernetes', 'merge-pods', ...words);
    expect([code === 0, out, err.trimEnd().split('\n').length]).toEqual([false, '', 1]);
    expect(err).toContain(sentence);
  });
});
