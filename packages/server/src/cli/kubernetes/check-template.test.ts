import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gantryAnswer } from '../../../../../test/support/gantry-processes.ts';
import { terminalOf } from '../output/terminal.ts';
import { checkTemplates } from './check-template.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-templates-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** Runs the command on a file with this text; its lines without the folder, and its exit code. */
async function check(text: string | Uint8Array, options: { strict?: true; output?: string } = {}) {
  const file = join(folder, 'pod.yaml');
  await writeFile(file, text);
  const lines: string[] = [];
  const terminal = { ...terminalOf(process.stdout, { NO_COLOR: '1' }), write: (line: string) => void lines.push(line) };
  const code = await checkTemplates([file], { output: 'text', ...options }, terminal);
  return { code, lines: lines.map((line) => line.replace(`${folder}/`, '').trimEnd()) };
}

const GOOD = `apiVersion: v1
kind: Pod
metadata:
  name: task
spec:
  containers:
    - name: base
      image: worker:1
`;
const without = (line: string) => GOOD.replace(`${line}\n`, '');
const spec = (text: string) => `${GOOD}  ${text}\n`;
const base = (text: string) => `${GOOD}      ${text}\n`;

const GOOD_TEMPLATES: readonly [what: string, text: string][] = [
  ['the smallest one', GOOD],
  [
    'sidecars, init containers and volumes',
    `${GOOD}    - name: side
      image: proxy:2
  initContainers:
    - name: prepare
      image: worker:1
      restartPolicy: Always
  volumes:
    - name: data
      emptyDir: {sizeLimit: 1Gi}
`,
  ],
  ['anchors and merge keys', GOOD.replace('      image: worker:1', '      <<: {image: worker:1}')],
  ['octal modes of YAML 1.1', spec('volumes: [{name: a, configMap: {name: b, defaultMode: 0644}}]')],
  ['amounts as numbers and texts', base('resources: {limits: {cpu: 2, memory: 1Gi, example.com/gpu: 1}}')],
  ['comments, a document mark and CRLF', `# ours\n---\n${GOOD}`.replaceAll('\n', '\r\n')],
  [
    'JSON',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a' },
      spec: { containers: [{ name: 'base', image: 'b' }] },
    }),
  ],
  ['restartPolicy Never', spec('restartPolicy: Never')],
  ['ports of both protocols with one number', base('ports: [{containerPort: 53}, {containerPort: 53, protocol: UDP}]')],
];

const WARNED: readonly [what: string, text: string, line: string][] = [
  [
    'an unknown field',
    base('resource: {}'),
    'pod.yaml:9:7 warning spec.containers[0].resource: is no field of Container in Kubernetes 1.36. Did you mean resources? It has no effect.',
  ],
  [
    'an unknown field of the spec',
    spec('nodeselector: {}'),
    'pod.yaml:9:3 warning spec.nodeselector: is no field of PodSpec in Kubernetes 1.36. Did you mean nodeSelector? It has no effect.',
  ],
  [
    'an unknown field of the pod',
    `${GOOD}extra: 1\n`,
    'pod.yaml:9:1 warning extra: is no field of Pod in Kubernetes 1.36. It has no effect.',
  ],
  [
    'another restart policy',
    spec('restartPolicy: OnFailure'),
    'pod.yaml:9:18 warning spec.restartPolicy: is "OnFailure"; Gantry retries tasks itself, use Never.',
  ],
  [
    'a command of base',
    base('command: [sh]'),
    'pod.yaml:9:16 warning spec.containers[0].command: stands before the worker’s arguments; leave it out unless you mean it.',
  ],
  [
    'args of base',
    base('args: [a]'),
    'pod.yaml:9:13 warning spec.containers[0].args: is replaced by the worker; leave it out unless you mean it.',
  ],
  [
    'a namespace',
    GOOD.replace('name: task', 'name: task\n  namespace: prod'),
    'pod.yaml:5:14 warning metadata.namespace: has no effect; set [kubernetes_executor] namespace.',
  ],
  [
    'a name that is no DNS-1123 name',
    GOOD.replace('task', 'My_Task'),
    'pod.yaml:4:9 warning metadata.name: "My_Task" is no DNS-1123 name; it is replaced at launch.',
  ],
  [
    'a label that is Gantry’s',
    GOOD.replace('name: task', 'name: task\n  labels: {dag_id: mine}'),
    'pod.yaml:5:20 warning metadata.labels.dag_id: tells which attempt the pod is; what the template says there has no effect.',
  ],
  [
    'a variable that is Gantry’s',
    base('env: [{name: GANTRY_API_URL, value: x}]'),
    'pod.yaml:9:13 warning spec.containers[0].env[0]: sets GANTRY_API_URL; names that begin with GANTRY_ belong to Gantry; what the template says there has no effect.',
  ],
];

const BAD: readonly [what: string, text: string | Uint8Array, line: string | RegExp][] = [
  ['nothing', '', 'pod.yaml error -: The template is empty; expected one Pod.'],
  ['only a comment', '# later\n', 'pod.yaml error -: The template is empty; expected one Pod.'],
  ['a bare text', 'hello\n', 'pod.yaml:1:1 error -: The template is "hello"; expected a Pod.'],
  ['a list', '- a\n', 'pod.yaml:1:1 error -: The template is a list; expected a Pod.'],
  ['another kind', GOOD.replace('kind: Pod', 'kind: Job'), 'pod.yaml:2:7 error kind: is "Job"; expected Pod.'],
  ['no kind', without('kind: Pod'), 'pod.yaml:1:1 error kind: is missing; expected Pod.'],
  ['another API version', GOOD.replace('v1', 'v2'), 'pod.yaml:1:13 error apiVersion: is "v2"; expected v1.'],
  [
    'two documents',
    `${GOOD}---\n${GOOD}`,
    'pod.yaml:9:1 error -: A second document begins; expected one Pod in the file.',
  ],
  [
    'no metadata',
    GOOD.replace('metadata:\n  name: task\n', ''),
    'pod.yaml:1:1 error metadata: is missing; expected a map with a name.',
  ],
  [
    'no name',
    GOOD.replace('name: task', 'labels: {}'),
    'pod.yaml:4:3 error metadata.name: is missing; expected a name (it is replaced at launch).',
  ],
  [
    'a blank name',
    GOOD.replace('task', '" "'),
    'pod.yaml:4:9 error metadata.name: is " "; expected a name (it is replaced at launch).',
  ],
  [
    'no spec',
    GOOD.slice(0, GOOD.indexOf('spec:')),
    'pod.yaml:1:1 error spec: is missing; expected a map with containers.',
  ],
  [
    'no containers',
    GOOD.slice(0, GOOD.indexOf('    - name')),
    'pod.yaml:6:14 error spec.containers: is empty; expected a list that begins with base.',
  ],
  [
    'an empty list of containers',
    `${GOOD.slice(0, GOOD.indexOf('  containers'))}  containers: []\n`,
    'pod.yaml:6:15 error spec.containers: is a list; expected a list that begins with base.',
  ],
  [
    'another first container',
    GOOD.replace('base', 'main'),
    'pod.yaml:7:13 error spec.containers[0].name: is "main"; expected base.',
  ],
  [
    'base in second position',
    GOOD.replace('    - name: base', '    - name: side\n      image: a\n    - name: base'),
    'pod.yaml:7:13 error spec.containers[0].name: is "side"; expected base.',
  ],
  [
    'no image',
    without('      image: worker:1'),
    'pod.yaml:7:7 error spec.containers[0].image: is missing; expected an image.',
  ],
  [
    'a blank image',
    GOOD.replace('worker:1', '""'),
    'pod.yaml:8:14 error spec.containers[0].image: is ""; expected an image.',
  ],
  [
    'a container without a name',
    `${GOOD}    - image: b\n`,
    'pod.yaml:9:7 error spec.containers[1]: spec.containers[1].name is missing; expected a map with a name.',
  ],
  [
    'a key twice',
    `${GOOD}spec: {}\n`,
    'pod.yaml:9:1 error spec: is given twice; keep one. It stands in line 5 already.',
  ],
  [
    'a container twice',
    `${GOOD}    - name: base\n      image: b\n`,
    'pod.yaml:9:13 error spec.containers[1].name: spec.containers[1] has the name base of spec.containers[0]; names must differ.',
  ],
  [
    'a volume twice',
    spec('volumes: [{name: a}, {name: a}]'),
    'pod.yaml:9:31 error spec.volumes[1].name: spec.volumes[1] has the name a of spec.volumes[0]; names must differ.',
  ],
  [
    'a mount path twice',
    base('volumeMounts: [{name: a, mountPath: /d}, {name: b, mountPath: /d}]'),
    /error -: spec\.containers\[0\]\.volumeMounts has \/d twice/,
  ],
  [
    'a number where a text belongs',
    base('env: [{name: A, value: 3}]'),
    'pod.yaml:9:30 error spec.containers[0].env[0].value: is 3; expected a text (put it in quotes).',
  ],
  [
    'a truth value where a text belongs',
    GOOD.replace('name: task', 'name: task\n  labels: {on: yes}'),
    'pod.yaml:5:11 error metadata.labels.true: is true; expected a text (put it in quotes).',
  ],
  [
    'a text where a number belongs',
    spec('terminationGracePeriodSeconds: soon'),
    'pod.yaml:9:34 error spec.terminationGracePeriodSeconds: is "soon"; expected a whole number.',
  ],
  [
    'a map where a list belongs',
    base('env: {A: b}'),
    'pod.yaml:9:12 error spec.containers[0].env: is a map; expected a list.',
  ],
  [
    'a list where a map belongs',
    spec('nodeSelector: [a]'),
    'pod.yaml:9:17 error spec.nodeSelector: is a list; expected a map.',
  ],
  [
    'an unknown value',
    base('imagePullPolicy: Sometimes'),
    /^pod\.yaml:9:24 error spec\.containers\[0\]\.imagePullPolicy: is "Sometimes"; expected one of Always, IfNotPresent, Never\./,
  ],
  [
    'an amount that is none',
    base('resources: {limits: {memory: 2 GB}}'),
    'pod.yaml:9:36 error spec.containers[0].resources.limits.memory: is "2 GB"; expected an amount such as 500m, 2 or 1Gi.',
  ],
  [
    'a required field that is missing',
    base('volumeMounts: [{name: a}]'),
    'pod.yaml:9:22 error spec.containers[0].volumeMounts[0].mountPath: is missing; VolumeMount requires it.',
  ],
  [
    'an alias bomb',
    `${GOOD}a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n`,
    /^pod\.yaml:13:\d+ error e\[\d\]: makes the aliases explode: together they stand for more than 100000 values\. Write the values out\.$/,
  ],
  [
    'aliases in a circle',
    spec('volumes: &a [*a]'),
    'pod.yaml:9:16 error spec.volumes[0]: is an alias of what it stands in (*a); write the values out.',
  ],
  [
    'values nested without end',
    spec(`x: ${'['.repeat(150)}${']'.repeat(150)}`),
    /^pod\.yaml:9:\d+ error [^:]+: The values are nested too deeply; at most 100 levels are read\.$/,
  ],
  [
    'more than 1 MiB',
    `${GOOD}# ${'x'.repeat(1024 * 1024)}\n`,
    /^pod\.yaml error -: The template has 10\d+ bytes; at most 1048576 are read\.$/,
  ],
  [
    'text that is not UTF-8',
    Buffer.concat([Buffer.from(GOOD), Buffer.from([0x23, 0xff, 0xfe])]),
    'pod.yaml error -: The template is not UTF-8 text; save it as UTF-8.',
  ],
  [
    'a Helm placeholder in a value',
    GOOD.replace('worker:1', '"{{ .Values.image }}"'),
    'pod.yaml:8:14 error -: "{{ .Values.image }}" is a Helm placeholder; render the chart first.',
  ],
  [
    'a Helm placeholder without quotes',
    GOOD.replace('worker:1', '{{ .Values.image }}'),
    /^pod\.yaml:8:\d+ error -: .*Helm placeholder/,
  ],
  [
    'the token’s volume',
    spec('volumes: [{name: gantry-token, emptyDir: {}}]'),
    'pod.yaml:9:13 error spec.volumes[0]: is the volume of the worker token; Gantry adds it, remove it.',
  ],
  ['broken YAML', GOOD.replace('name: task', 'name: "task'), /^pod\.yaml:\d+:\d+ error -: The YAML cannot be read: /],
  [
    'tabs for indentation',
    GOOD.replace('  name: task', '\tname: task'),
    /^pod\.yaml:\d+:\d+ error -: The YAML cannot be read: /,
  ],
];

describe('gantry kubernetes check-template', () => {
  test.each(GOOD_TEMPLATES)('takes %s', async (_what, text) => {
    expect(await check(text)).toEqual({ code: 0, lines: ['pod.yaml good'] });
  });

  test.each(WARNED)('warns of %s and takes it', async (_what, text, line) => {
    expect(await check(text)).toEqual({ code: 0, lines: [line] });
  });

  test.each(BAD)('refuses %s', async (_what, text, line) => {
    const { code, lines } = await check(text);
    expect(code).toBe(1);
    expect(lines[0]).toEqual(typeof line === 'string' ? line : expect.stringMatching(line));
  });

  test('--strict makes unknown fields errors', async () => {
    const { code, lines } = await check(base('resource: {}'), { strict: true });
    expect(code).toBe(1);
    expect(lines).toEqual([
      'pod.yaml:9:7 error spec.containers[0].resource: is no field of Container in Kubernetes 1.36. Did you mean resources?',
    ]);
  });

  test('a file that is not there and a folder are a sentence each, and the others are checked all the same', async () => {
    const lines: string[] = [];
    const terminal = {
      ...terminalOf(process.stdout, { NO_COLOR: '1' }),
      write: (line: string) => void lines.push(line),
    };
    const good = join(folder, 'good.yaml');
    await writeFile(good, GOOD);
    const code = await checkTemplates([join(folder, 'none.yaml'), folder, good], { output: 'text' }, terminal);
    expect(code).toBe(1);
    expect(lines.map((line) => line.replaceAll(folder, 'F'))).toEqual([
      'F/none.yaml error -: There is no such file; expected a YAML file with one Pod.\n',
      'F error -: It is a folder; name the files in it, for instance FOLDER/*.yaml.\n',
      'F/good.yaml good\n',
    ]);
  });

  test('--output json gives the findings as data', async () => {
    const { lines } = await check(base('resource: {}'), { output: 'json' });
    expect(JSON.parse(lines.join('\n'))).toMatchObject([
      { line: 9, column: 7, level: 'warning', path: 'spec.containers[0].resource' },
    ]);
  });

  test('as a process: lines on standard output without colour, and 0, 1 or 2 as it ends', async () => {
    const run = (...words: string[]) => gantryAnswer(folder, ['kubernetes', 'check-template', ...words], {});
    const odd = join(folder, 'odd.yaml');
    const bad = join(folder, 'bad.yaml');
    await writeFile(odd, `${GOOD}  restartPolicy: Always\n`);
    await writeFile(bad, GOOD.replace('kind: Pod', 'kind: Job'));
    const warning = `${odd}:9:18 warning spec.restartPolicy: is "Always"; Gantry retries tasks itself, use Never.\n`;
    const error = `${bad}:2:7 error kind: is "Job"; expected Pod.\n`;
    expect(await run(odd)).toMatchObject({ code: 0, out: warning, err: '' });
    expect(await run(bad, odd)).toMatchObject({ code: 1, out: `${error}${warning}`, err: '' });
    expect(await run()).toMatchObject({
      code: 2,
      out: '',
      err: "gantry: Missing required argument 'file'; gantry kubernetes check-template --help shows what is expected.\n",
    });
    expect(await run('--output', 'xml', odd)).toMatchObject({
      code: 2,
      out: '',
      err: 'gantry: --output: found "xml", expected text or json.\n',
    });
  }, 60_000);
});
