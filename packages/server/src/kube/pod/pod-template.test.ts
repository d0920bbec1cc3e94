import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePodTemplate, readPodTemplate } from './pod-template.ts';
import { PodTemplateFiles } from './pod-template-file.ts';

const GOOD = `apiVersion: v1
kind: Pod
metadata:
  name: task
spec:
  containers:
    - name: base
      image: worker:1
`;
const parse = (text: string | Uint8Array) =>
  parsePodTemplate(typeof text === 'string' ? Buffer.from(text) : text, 'pod.yaml');
const warnings = (text: string) => parse(text).warnings;

describe('a pod template', () => {
  it('is read with anchors, merge keys and the numbers of YAML 1.1, as Kubernetes reads it', () => {
    const { document } = parse(`${GOOD}  volumes:
    - name: a
      configMap: &common
        name: settings
        defaultMode: 0644
    - name: b
      configMap:
        <<: *common
        optional: yes
`);
    expect(document.spec).toMatchObject({
      volumes: [
        { name: 'a', configMap: { name: 'settings', defaultMode: 420 } },
        { name: 'b', configMap: { name: 'settings', defaultMode: 420, optional: true } },
      ],
    });
  });

  it('leaves times and base-60 numbers the texts they are', () => {
    const { document } = parse(GOOD.replace('name: task', 'name: task\n  annotations: {a: 1:30, b: 2031-02-03}'));
    expect(document.metadata).toMatchObject({ annotations: { a: '1:30', b: '2031-02-03' } });
  });

  it('has a version that changes with the text', () => {
    expect(parse(GOOD).version).toBe(parse(GOOD).version);
    expect(parse(GOOD).version).not.toBe(parse(`${GOOD}\n`).version);
  });

  it.each([
    ['not a pod', GOOD.replace('kind: Pod', 'kind: Job'), /^pod\.yaml:2:7: kind is "Job"; expected Pod\.$/],
    ['another API version', GOOD.replace('v1', 'v2'), /^pod\.yaml:1:13: apiVersion is "v2"; expected v1\.$/],
    ['no name', GOOD.replace('name: task', 'labels: {}'), /^pod\.yaml:4:3: metadata\.name is missing; expected a name/],
    ['a blank name', GOOD.replace('name: task', 'name: " "'), /^pod\.yaml:4:9: metadata\.name is " "/],
    [
      'a first container of another name',
      GOOD.replace('base', 'main'),
      /^pod\.yaml:7:13: spec\.containers\[0\]\.name is "main"; expected base\.$/,
    ],
    [
      'no image',
      GOOD.replace('image: worker:1', 'tty: true'),
      /^pod\.yaml:7:7: spec\.containers\[0\]\.image is missing/,
    ],
    [
      'no containers',
      GOOD.slice(0, GOOD.indexOf('    - name')),
      /^pod\.yaml:6:\d+: spec\.containers is empty; expected a list/,
    ],
    [
      'the same container twice',
      `${GOOD}    - name: base\n`,
      /^pod\.yaml:9:13: spec\.containers\[1\] has the name base of spec\.containers\[0\]/,
    ],
    [
      'the same volume twice',
      `${GOOD}  volumes: [{name: a}, {name: a}]\n`,
      /spec\.volumes\[1\] has the name a of spec\.volumes\[0\]/,
    ],
    ['the same variable twice', `${GOOD}      env: [{name: A}, {name: A}]\n`, /spec\.containers\[0\]\.env has A twice/],
    [
      'a duplicate key',
      `${GOOD}      image: other\n`,
      /^pod\.yaml:9:7: The YAML cannot be read: Map keys must be unique/,
    ],
    ['broken YAML', `${GOOD}  volumes: [\n`, /^pod\.yaml:\d+:\d+: The YAML cannot be read: /],
    ['a second document', `${GOOD}---\n${GOOD}`, /^pod\.yaml:\d+:\d+: A second document begins/],
    ['nothing', '', /^pod\.yaml.*: .*(empty)/],
    ['a list', '- a\n', /^pod\.yaml:1:1: The template is a list; expected a Pod\./],
    [
      'a Helm placeholder for a value',
      GOOD.replace('worker:1', '"{{ .Values.image }}"'),
      /^pod\.yaml:8:14: .*is a Helm placeholder; render the chart first/,
    ],
    [
      'a bare Helm placeholder',
      GOOD.replace('worker:1', '{{ .Values.image }}'),
      /^pod\.yaml:8:\d+: .*Helm placeholder/,
    ],
    [
      'a volume with the name of ours',
      `${GOOD}  volumes: [{name: gantry-token}]\n`,
      /^pod\.yaml:9:13: spec\.volumes\[0\] is the volume of the worker token; Gantry adds it/,
    ],
    ['aliases that loop', `${GOOD}  volumes: &a\n    - *a\n`, /aliases of the template explode or loop/],
  ])('is refused with line and column: %s', (_what, text, sentence) => {
    expect(() => parse(text)).toThrow(sentence);
  });

  it('is refused when it explodes, is too large or is no UTF-8', () => {
    const letters = 'abcdefghi';
    const levels = Array.from(
      { length: 9 },
      (_, at) => `${letters[at]}: &${letters[at]} [${Array(9).fill(at === 0 ? 'x' : `*${letters[at - 1]}`)}]`,
    );
    expect(() => parse(`${GOOD}${levels.join('\n')}\n`)).toThrow(/explode or loop/);
    expect(() => parse(' '.repeat(1024 * 1024 + 1))).toThrow(/has 1048577 bytes; at most 1048576 are read/);
    expect(() => parse(Uint8Array.from([0xff, 0xfe, 0x41]))).toThrow('pod.yaml: The template is not UTF-8 text');
  });

  it('reports every problem, not only the first', () => {
    const { problems } = readPodTemplate(Buffer.from(GOOD.replace('v1', 'v2').replace('base', 'main')), 'pod.yaml');
    expect(problems.map(({ line }) => line)).toEqual([1, 7]);
  });

  it.each([
    [
      'a namespace',
      GOOD.replace('name: task', 'name: task\n  namespace: x'),
      /^pod\.yaml:5:14: metadata\.namespace has no effect/,
    ],
    ['another restart policy', `${GOOD}  restartPolicy: Always\n`, /^pod\.yaml:9:18: spec\.restartPolicy is "Always"/],
    [
      'arguments of base',
      `${GOOD}      args: [a]\n`,
      /^pod\.yaml:9:13: spec\.containers\[0\]\.args is replaced by the worker/,
    ],
    ['a name that is none', GOOD.replace('name: task', 'name: My_Task'), /no DNS-1123 name/],
    [
      'a label of ours',
      GOOD.replace('name: task', 'name: task\n  labels: {dag_id: x}'),
      /metadata\.labels\.dag_id tells which attempt the pod is/,
    ],
  ])('is used with a warning: %s', (_what, text, sentence) => {
    expect(warnings(text)).toEqual([expect.stringMatching(sentence)]);
  });

  it('without anything odd has no warning', () => {
    expect(warnings(GOOD)).toEqual([]);
  });
});

describe('PodTemplateFiles', () => {
  let folder = '';
  let now = 0;
  let kept: string[] = [];
  const clock = { now: () => now, monotonic: () => now };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gantry-template-'));
    now = 0;
    kept = [];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const files = () => new PodTemplateFiles({ dagsFolder: folder, clock, kept: (sentence) => kept.push(sentence) });

  it('parses a file once, and again only after a change', async () => {
    await writeFile(join(folder, 'pod.yaml'), GOOD);
    const templates = files();
    const first = await templates.get('pod.yaml');
    now += 5000;
    expect(await templates.get(join(folder, 'pod.yaml'))).toBe(first);
    await writeFile(join(folder, 'new'), GOOD.replace('worker:1', 'worker:2'));
    await rename(join(folder, 'new'), join(folder, 'pod.yaml'));
    now += 5000;
    expect((await templates.get('pod.yaml')).version).not.toBe(first.version);
  });

  it('follows a symlink that is swapped', async () => {
    await writeFile(join(folder, 'one.yaml'), GOOD);
    await writeFile(join(folder, 'two.yaml'), GOOD.replace('worker:1', 'worker:2'));
    await symlink('one.yaml', join(folder, 'pod.yaml'));
    const templates = files();
    const first = await templates.get('pod.yaml');
    await symlink('two.yaml', join(folder, 'next'));
    await rename(join(folder, 'next'), join(folder, 'pod.yaml'));
    now += 5000;
    expect((await templates.get('pod.yaml')).document).not.toEqual(first.document);
  });

  it('keeps the last good template when a change breaks it, and says so once', async () => {
    await writeFile(join(folder, 'pod.yaml'), GOOD);
    const templates = files();
    const first = await templates.get('pod.yaml');
    await writeFile(join(folder, 'pod.yaml'), GOOD.replace('kind: Pod', 'kind: Broken'));
    for (let look = 0; look < 3; look += 1) {
      now += 5000;
      expect(await templates.get('pod.yaml')).toBe(first);
    }
    expect(kept).toEqual([expect.stringMatching(/kind is "Broken".*The last good version stays in use\.$/)]);
  });

  it('says of a file that is not there where it looked', async () => {
    await expect(files().get('none.yaml')).rejects.toThrow(
      `The pod template ${join(folder, 'none.yaml')} does not exist`,
    );
  });
});
