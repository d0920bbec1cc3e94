import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FlowPlace } from '../flow/flow-place.ts';
import { ROOT } from '../house/source-files.ts';
import { findKubectl, kubectl } from '../support/kubectl.ts';
import { RECIPES, resultsOf } from './recipes.ts';

const KUBECTL = findKubectl();

describe.skipIf(KUBECTL === null)('the examples of pods, on the local cluster', () => {
  let place: FlowPlace;
  let results: ReadonlyMap<string, unknown>;

  beforeAll(async () => {
    place = await FlowPlace.open({
      executor: 'KubernetesExecutor',
      dags: () => ({}),
      options: {
        GANTRY__CORE__DAGS_FOLDER: join(ROOT, 'examples/dags'),
        GANTRY__CORE__DAGS_ARE_PAUSED_AT_CREATION: 'false',
      },
    });
    const settings = readFileSync(join(ROOT, 'examples/kubernetes/recipe-settings.yaml'), 'utf8');
    const applied = await kubectl(KUBECTL!, place.kubeconfig, ['apply', '-f', '-'], settings);
    expect(applied.stderr).toBe('');
    place.gantry.start('scheduler');
    results = await resultsOf(place.gantry, Object.keys(RECIPES));
  }, 180_000);

  afterAll(async () => place?.close(results === undefined));

  test.each(Object.entries(RECIPES))('%s does in its pod what it promises', (dagId, { expected }) => {
    expect(results.get(dagId)).toEqual(expected('local'));
  });

  test('no pod of them is left, a sidecar that would run for ever included', async () => {
    const pods = async () => (await kubectl(KUBECTL!, place.kubeconfig, ['get', 'pods', '-o', 'name'])).stdout;
    await expect.poll(pods, { timeout: 60_000 }).toBe('');
  });
});
