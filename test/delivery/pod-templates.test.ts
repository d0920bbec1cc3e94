import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@gantry/sdk/model';
import { expect, test } from 'vitest';
import { buildPod } from '../../packages/server/src/kube/pod/build-pod.ts';
import { readPodTemplate } from '../../packages/server/src/kube/pod/pod-template.ts';
import { testingLayers, testingOrder } from '../../packages/server/src/kube/pod/testing-order.ts';
import { ROOT } from '../house/source-files.ts';

const FOLDER = join(ROOT, 'examples/pod_templates');
const TEMPLATES = readdirSync(FOLDER);

interface Variable {
  readonly name: string;
  readonly value?: string;
}

function readShipped(file: string) {
  return readPodTemplate(readFileSync(join(FOLDER, file)), file, true);
}

/** Variables of `base` in the pod that the layers give. */
function variablesOf(override: JsonObject | null, file: string): readonly Variable[] {
  const { pod } = buildPod(testingOrder(override), testingLayers({ template: readShipped(file).template! }));
  const { spec } = pod as unknown as { spec: { containers: { env: Variable[] }[] } };
  return spec.containers[0]!.env;
}

const folderIn = (variables: readonly Variable[]) =>
  variables.filter(({ name }) => name === 'GANTRY_BUNDLE_FOLDER').map(({ value }) => value);

function withVariable(name: string): JsonObject {
  return { spec: { containers: [{ name: 'base', env: [{ name, value: '/elsewhere' }] }] } };
}

test('the three templates of the page about DAG code are there', () => {
  expect(TEMPLATES.sort()).toEqual(['dags_in_image.yaml', 'dags_in_volume.yaml', 'git_sync.yaml']);
});

test.each(TEMPLATES)('%s is a template without error or warning, its fields all known to Kubernetes', (file) => {
  expect(readShipped(file).problems).toEqual([]);
});

test.each(TEMPLATES)('a pod of %s meets the standard "restricted"', (file) => {
  const layers = testingLayers({ template: readShipped(file).template!, policy: 'restricted' });
  expect(buildPod(testingOrder(), layers).warnings).toEqual([]);
});

test('a template says where the bundles lie, and an override says it better', () => {
  expect(folderIn(variablesOf(null, 'dags_in_volume.yaml'))).toEqual(['/gantry/bundles']);
  expect(folderIn(variablesOf(null, 'git_sync.yaml'))).toEqual(['/git/current']);
  expect(folderIn(variablesOf(withVariable('GANTRY_BUNDLE_FOLDER'), 'git_sync.yaml'))).toEqual(['/elsewhere']);
});

test('which bundle it is remains Gantry’s to say, as do all its other variables', () => {
  for (const name of ['GANTRY_BUNDLE_DIGEST', 'GANTRY_BUNDLE_FOLDERS', 'GANTRY_API_URL', 'GANTRY_HOME'])
    expect(() => variablesOf(withVariable(name), 'git_sync.yaml')).toThrow(`sets ${name}; names that begin with`);
});
