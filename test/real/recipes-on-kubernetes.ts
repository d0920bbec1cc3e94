import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHOOSES_NODE, chooseNode, RECIPES, resultsOf } from '../examples/recipes.ts';
import { ROOT } from '../house/source-files.ts';
import { type FreshDatabase, freshDatabase } from '../support/fresh-database.ts';
import { GantryProcesses } from '../support/gantry-processes.ts';
import { type RealCluster, RealClusterPlace } from './real-cluster-place.ts';

/** Kubernetes' standards below "privileged" allow no folder of the node. */
const NEEDS_PRIVILEGES = 'host_path_volume';

/** The examples of pods with real containers: each tells what happened in its pod. */
export function recipesOn(real: RealCluster, kubectlProgram: string): void {
  let place: RealClusterPlace;
  let fresh: FreshDatabase;
  let gantry: GantryProcesses;

  beforeAll(async () => {
    place = await RealClusterPlace.open(real, kubectlProgram);
    place.importNodeImage();
    const settings = join(ROOT, 'examples/kubernetes/recipe-settings.yaml');
    const applied = await place.kubectl('apply', '--namespace', place.namespace, '-f', settings);
    expect(applied).toMatchObject({ code: 0, stderr: '' });
    fresh = await freshDatabase();
    gantry = await GantryProcesses.prepare(fresh.url, {}, place.options);
    await gantry.signIn(fresh.database);
    for (const service of ['api-server', 'dag-processor', 'scheduler']) gantry.start(service);
  }, 120_000);
  afterAll(async () => {
    await gantry?.stop();
    await fresh?.drop();
    await place?.close();
  }, 120_000);

  const expectedOf = (dagIds: readonly string[]) => dagIds.map((dagId) => [dagId, RECIPES[dagId]!.expected('real')]);

  test('each recipe does in its pod what it promises, in a namespace that enforces the restricted standard', async (context) => {
    context.skip(!place.hasBusybox, 'this machine has no static busybox to make an image of');
    const dagIds = Object.keys(RECIPES).filter((dagId) => dagId !== CHOOSES_NODE && dagId !== NEEDS_PRIVILEGES);
    expect([...(await resultsOf(gantry, dagIds))]).toEqual(expectedOf(dagIds));
  }, 300_000);

  test('a folder of the node needs a namespace that allows it, and is the same folder for two pods', async () => {
    await place.enforce('privileged');
    expect([...(await resultsOf(gantry, [NEEDS_PRIVILEGES]))]).toEqual(expectedOf([NEEDS_PRIVILEGES]));
  }, 200_000);

  test('a pod waits until a node has the label it asks for, says so, and tolerates the taint of that node', async () => {
    const { waiting, node, told } = await chooseNode(gantry, (...parameters) => place.kubectl(...parameters));
    expect(waiting).toContain('nodeSelector');
    expect(told).toBe(node);
  }, 240_000);

  test('no pod of them is left, a sidecar that would run for ever included', async () => {
    await expect.poll(() => place.podNames(), { timeout: 60_000 }).toEqual([]);
  }, 90_000);
}
