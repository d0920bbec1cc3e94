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

  // Each rule is tried through `gantry kubernetes check-template`, whose lines these are.
  it('is refused with the line of its first error, and how many more there are', () => {
    expect(() => parse(GOOD.replace('kind: Pod', 'kind: Job'))).toThrow(
      /^pod\.yaml:2:7 error kind: is "Job"; expected Pod\.$/,
    );
    expect(() => parse(GOOD.replace('v1', 'v2').replace('base', 'main'))).toThrow(
      /^pod\.yaml:1:13 error apiVersion: is "v2"; expected v1\. \(and 1 more\)$/,
    );
  });

  it('reports every problem, not only the first', () => {
    const { problems } = readPodTemplate(Buffer.from(GOOD.replace('v1', 'v2').replace('base', 'main')), 'pod.yaml');
    expect(problems.map(({ line }) => line)).toEqual([1, 7]);
  });

  it('is used with its warnings as lines of the same form', () => {
    expect(warnings(GOOD.replace('name: task', 'name: task\n  namespace: x'))).toEqual([
      'pod.yaml:5:14 warning metadata.namespace: has no effect; set [kubernetes_executor] namespace.',
    ]);
  });

  it('takes an unknown field with a warning, and not when the schema is strict', () => {
    const text = `${GOOD}  replicas: 2\n`;
    expect(warnings(text)).toEqual([expect.stringContaining('spec.replicas: is no field of PodSpec')]);
    expect(() => parsePodTemplate(Buffer.from(text), 'pod.yaml', true)).toThrow(/^pod\.yaml:9:3 error spec\.replicas/);
  });

  it('without anything odd has no warning', () => {
    expect(warnings(GOOD)).toEqual([]);
  });
});

/** A list of `count` items in one line. */
const listOf = (count: number, item: string) => `[${Array(count).fill(item).join(', ')}]`;

describe('the cost of a hostile template is bounded', () => {
  const first = (text: string) => {
    const { template, problems } = readPodTemplate(Buffer.from(text), 'pod.yaml');
    expect(template).toBeNull();
    expect(problems.length).toBeLessThanOrEqual(100);
    return problems[0]!.sentence;
  };

  // Written out, each of these would fill any memory: that an answer comes is the promise.
  it.each([
    [
      'aliases of aliases',
      Array.from({ length: 30 }, (_, at) => `a${at}: &a${at} ${listOf(9, at === 0 ? 'x' : `*a${at - 1}`)}`).join('\n'),
      /^a\d+\[\d\] makes the aliases explode: together they stand for more than 100000 values/,
    ],
    [
      'a large value again and again',
      `large: &large ${listOf(50_000, 'x')}\nmany: ${listOf(1000, '*large')}`,
      /^many\[1\] makes the aliases explode/,
    ],
    [
      'merge keys of a large map',
      `large: &large {${Array.from({ length: 2000 }, (_, at) => `k${at}: 1`)}}\nmany: ${listOf(900, '{<<: *large}')}`,
      /^many\[\d+\]\["<<"\] makes the aliases explode/,
    ],
    ['too many aliases', `one: &one x\nmany: ${listOf(1001, '*one')}`, /^many\[1000\] is one alias too many/],
    ['aliases in a circle', 'loop: &loop\n  - *loop', /^loop\[0\] is an alias of what it stands in \(\*loop\)/],
    ['lists in lists', `deep: ${'['.repeat(200)}${']'.repeat(200)}`, /^The values are nested too deeply; at most 100/],
    ['lists in lists without end', `deep: ${'['.repeat(50_000)}`, /^The values are nested too deeply; at most 100/],
    [
      'the same key again and again',
      'x: 1\n'.repeat(20_000),
      /^x is given twice; keep one\. It stands in line 9 already/,
    ],
  ])('by %s', (_what, text, sentence) => {
    expect(first(`${GOOD}${text}\n`)).toMatch(sentence);
  });

  it('while aliases that stand for little are as many as a pod needs', () => {
    const sides = Array.from({ length: 200 }, (_, at) => `    - {name: side-${at}, image: x, env: *env}\n`);
    const { spec } = parse(`${GOOD}      env: &env [{name: A, value: b}]\n${sides.join('')}`).document as {
      spec: { containers: { env: unknown }[] };
    };
    expect(spec.containers[200]!.env).toEqual([{ name: 'A', value: 'b' }]);
  });

  it('while 20,000 labels of one map are read', () => {
    const labels = Array.from({ length: 20_000 }, (_, at) => `    label-${at}: x\n`);
    expect(parse(GOOD.replace('name: task\n', `name: task\n  labels:\n${labels.join('')}`)).warnings).toEqual([]);
  });

  it('an error is told although a hundred warnings stand before it', () => {
    const unknown = Array.from({ length: 150 }, (_, at) => `  field${at}: 1\n`);
    expect(first(`${GOOD}${unknown.join('')}  hostNetwork: maybe\n`)).toBe(
      'spec.hostNetwork is "maybe"; expected true or false.',
    );
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
    expect(kept).toEqual([expect.stringMatching(/kind: is "Broken".*The last good version stays in use\.$/)]);
  });

  it('says of a file that is not there where it looked', async () => {
    await expect(files().get('none.yaml')).rejects.toThrow(
      `The pod template ${join(folder, 'none.yaml')} does not exist`,
    );
  });
});
