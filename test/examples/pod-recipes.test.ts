import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FlowPlace } from '../flow/flow-place.ts';
import { ROOT } from '../house/source-files.ts';
import { findKubectl, kubectl } from '../support/kubectl.ts';
import { CHOOSES_NODE, chooseNode, RECIPES, resultsOf } from './recipes.ts';

const KUBECTL = findKubectl();
const TOGETHER = Object.entries(RECIPES).filter(([dagId]) => dagId !== CHOOSES_NODE);

describe.skipIf(KUBECTL === null)('the examples of pods, on the local cluster', () => {
  let place: FlowPlace;
  let results: ReadonlyMap<string, unknown>;
  const ask = (...parameters: readonly string[]) => kubectl(KUBECTL!, place.kubeconfig, parameters);

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
    const dagIds = TOGETHER.map(([dagId]) => dagId);
    results = await resultsOf(place.gantry, dagIds);
  }, 180_000);

  afterAll(async () => place?.close(results === undefined));

  test.each(TOGETHER)('%s does in its pod what it promises', (dagId, { expected }) => {
    expect(results.get(dagId)).toEqual(expected('local'));
  });

  test('node_choice waits until a node has its label, says so, and tolerates the taint of that node', async () => {
    const { waiting, node, told } = await chooseNode(place.gantry, ask);
    expect(waiting).toContain('nodeSelector');
    expect(told).toBe(node);
  }, 240_000);

  test('no pod of them is left, a sidecar that would run for ever included', async () => {
    const pods = async () => (await ask('get', 'pods', '-o', 'name')).stdout;
    await expect.poll(pods, { timeout: 60_000 }).toBe('');
  });
});
