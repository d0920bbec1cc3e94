import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@gantry/sdk/model';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testingSpec, testingTask } from '../api/testing-run.ts';
import { OrderPods } from '../executors/kubernetes/order-pods.ts';
import { readConfiguration } from './configuration.ts';
import { kubernetesExecutorOptions } from './kubernetes-executor-options.ts';
import { PLACEHOLDERS, PodPreviews } from './pod-previews.ts';
import { readPodRules } from './pod-rules.ts';
import { systemClock } from './system-clock.ts';

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'gantry-previews-'));
  const template = (name: string) => `apiVersion: v1
kind: Pod
metadata: {name: t, labels: {from: ${name}}}
spec: {containers: [{name: base, image: "${name}:1", env: [{name: FROM, value: ${name}}]}]}
`;
  await writeFile(join(home, 'site.yaml'), template('site'));
  await writeFile(join(home, 'task.yaml'), template('task'));
  await writeFile(join(home, 'broken.yaml'), template('task').replace('kind: Pod', 'kind: Job'));
  await writeFile(
    join(home, 'hook.mjs'),
    'export const podMutationHook = (pod, { taskId }) => ({ ...pod, spec: { ...pod.spec, hostname: taskId } });\n',
  );
});

afterAll(() => rm(home, { recursive: true }));

const configured = (options: Readonly<Record<string, string>> = {}) => {
  const environment = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [`GANTRY__KUBERNETES_EXECUTOR__${name.toUpperCase()}`, value]),
  );
  return readConfiguration({ GANTRY_HOME: home, GANTRY__CORE__DAGS_FOLDER: home, ...environment });
};

/** What overrides hold, in small. */
const overrides = fc.record(
  {
    metadata: fc.record({ labels: fc.dictionary(fc.constantFrom('team', 'from', 'x'), fc.constantFrom('a', 'b')) }),
    spec: fc.record(
      {
        nodeSelector: fc.dictionary(fc.constantFrom('disk', 'zone'), fc.constantFrom('ssd', null)),
        containers: fc.constantFrom<JsonObject[]>(
          [{ name: 'base', env: [{ name: 'FROM', value: 'override' }] }],
          [{}, { name: 'side', image: 'side:1' }],
          [{ resources: { limits: { memory: '1Gi' } } }],
        ),
        volumes: fc.constantFrom<JsonObject[]>([{ name: 'data', emptyDir: {} }], []),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<JsonObject>;

test('a preview is, byte for byte, the pod that the executor sends', async () => {
  const options: readonly Readonly<Record<string, string>>[] = [
    {},
    { pod_template_file: 'site.yaml', worker_container_repository: 'r', worker_container_tag: '2' },
    { pod_mutation_hook: 'hook.mjs', pod_policy: 'baseline' },
  ];
  const sites = await Promise.all(
    options.map(async (site) => {
      const configuration = configured(site);
      const executor = kubernetesExecutorOptions(configuration, await readPodRules(configuration), 'd');
      return {
        previews: await PodPreviews.open(configuration, { deploymentId: 'd' }),
        pods: new OrderPods({ options: executor, clock: systemClock }),
      };
    }),
  );
  const attempt = fc.record({
    runId: fc.string({ minLength: 1 }),
    mapIndex: fc.constantFrom(-1, 0, 7),
    tryNumber: fc.integer({ min: 1, max: 9 }),
    attemptId: fc.uuid(),
    bundleDigest: fc.constant('d'.repeat(64)),
    outOfMemory: fc.constantFrom(0, 1),
  });
  // The executor remembers pods by DAG version and task, and a version never changes.
  let version = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...sites),
      fc.option(overrides),
      fc.option(overrides),
      fc.constantFrom(null, 'task.yaml'),
      attempt,
      async ({ previews, pods }, podOverride, dagOverride, podTemplateFile, of) => {
        const task = testingTask('load', { podOverride, podTemplateFile, onOom: { factor: 2, max: '4Gi' } });
        const spec = testingSpec('etl', [task], { podOverride: dagOverride });
        version += 1;
        const order = previews.order(spec, task, { ...of, version });
        const sent = await pods.render(order);
        const { pod, origins } = await previews.build(order);
        expect(JSON.stringify(pod)).toBe(sent.body);
        expect((pod.metadata as JsonObject).name).toBe(sent.name);
        expect(new Set(origins.map(({ path }) => path)).size).toBe(origins.length);
      },
    ),
    { numRuns: 300 },
  );
});

test('what is wrong with a pod of a DAG is told once, with DAG, task, path and what was meant', async () => {
  const previews = await PodPreviews.open(configured({ pod_policy: 'baseline' }));
  const wrong = (taskId: string, podOverride: JsonObject | null, podTemplateFile: string | null = null) =>
    testingTask(taskId, { podOverride, podTemplateFile });
  const spec = testingSpec('etl', [
    wrong('good', { metadata: { labels: { a: 'b' } } }),
    wrong('misspelt', { spec: { volume: [] } }),
    wrong('named', { metadata: { name: 'mine' } }),
    wrong('hosted', { spec: { hostNetwork: true } }),
    wrong('elsewhere', { metadata: { namespace: 'prod' } }),
    wrong('templated', null, 'broken.yaml'),
    wrong('missing', null, 'none.yaml'),
    testingTask('gate', { kind: 'empty', podOverride: { spec: { volume: [] } } }),
  ]);
  expect(await previews.check(spec)).toEqual([
    'DAG etl, task misspelt, podOverride: spec.volume is no field of PodSpec in Kubernetes 1.36. Did you mean volumes?',
    expect.stringMatching(/^DAG etl, task named, podOverride: metadata\.name is derived from the attempt/),
    expect.stringMatching(/^DAG etl, task hosted: spec\.hostNetwork is true; .* pod_policy is baseline\.$/),
    expect.stringMatching(/^DAG etl, task elsewhere, podOverride: metadata\.namespace is derived from/),
    `DAG etl, task templated: ${join(home, 'broken.yaml')}:2:7 error kind: is "Job"; expected Pod.`,
    `DAG etl, task missing: The pod template ${join(home, 'none.yaml')} does not exist; expected a YAML file with one Pod.`,
  ]);
});

test('a template that breaks is told at the next check, and one that is mended is not', async () => {
  const previews = await PodPreviews.open(configured());
  const spec = testingSpec('etl', [testingTask('load', { podTemplateFile: 'changing.yaml' })]);
  const file = join(home, 'changing.yaml');
  const good = await readFile(join(home, 'task.yaml'), 'utf8');
  await writeFile(file, good);
  expect(await previews.check(spec)).toEqual([]);
  await writeFile(file, good.replace('name: base', 'name: main'));
  expect(await previews.check(spec)).toEqual([expect.stringContaining(`${file}:4:`)]);
  await writeFile(file, good);
  expect(await previews.check(spec)).toEqual([]);
});

test('what only a launch knows has a placeholder, also the port of an API server that takes any', async () => {
  const previews = await PodPreviews.open(readConfiguration({ GANTRY_HOME: home, GANTRY__API__PORT: '0' }));
  const task = testingTask('load');
  const { pod } = await previews.build(previews.order(testingSpec('etl', [task]), task));
  const text = JSON.stringify(pod);
  for (const placeholder of Object.values(PLACEHOLDERS)) expect(text).toContain(placeholder);
});

test('a hook that cannot be used stops the start with its path', async () => {
  await expect(PodPreviews.open(configured({ pod_mutation_hook: 'none.mjs' }))).rejects.toThrow(
    `[kubernetes_executor] pod_mutation_hook: ${join(home, 'none.mjs')} cannot be loaded`,
  );
  await writeFile(join(home, 'other.mjs'), 'export const hook = 1;\n');
  await expect(PodPreviews.open(configured({ pod_mutation_hook: 'other.mjs' }))).rejects.toThrow(
    'exports no function podMutationHook; expected one.',
  );
});
