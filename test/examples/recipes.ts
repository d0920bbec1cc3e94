import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { GantryProcesses } from '../support/gantry-processes.ts';
import type { KubectlAnswer } from '../support/kubectl.ts';

export interface Recipe {
  /** The one task that tells what happened in its pod. */
  readonly task: string;
  /** Whether it tells so by what it returns (default) or by its log: an image of any kind returns nothing. */
  readonly tells?: 'result' | 'log';
  /** What it must have seen there, on the local cluster or on a real one. */
  readonly expected: (where: 'local' | 'real') => unknown;
}

const MEBIBYTE = 1024 * 1024;

/** The examples of pods by DAG, and what each must find in its pod. */
export const RECIPES: Readonly<Record<string, Recipe>> = {
  host_path_volume: { task: 'read', expected: () => expect.stringMatching(/^Hello from host-path-volume-write-/) },
  sidecar_shared_volume: { task: 'read_from_sidecar', expected: () => 'retrieved from mount' },
  template_with_labels: { task: 'read_labels', expected: () => ({ team: 'weather', tier: 'nightly' }) },
  pod_variables: {
    task: 'read_variables',
    expected: () => ({
      level: 'debug',
      podName: expect.stringMatching(/^pod-variables-read-variables-/),
      task: 'read_variables',
      region: 'north',
      setting: 'north',
      tokenLength: 'only-an-example'.length,
    }),
  },
  pod_resources: {
    task: 'read_limits',
    expected: (where) => ({
      limitMebibytes: 256,
      requestMebibytes: 64,
      // The local cluster's containers see the file system of the machine, and so another cgroup's files.
      kernelBytes: where === 'real' ? String(256 * MEBIBYTE) : expect.anything(),
    }),
  },
  init_container: { task: 'read_prepared', expected: () => 'prepared' },
  native_sidecar: { task: 'read_clock', expected: () => expect.stringMatching(/^\d\d:\d\d:\d\d$/) },
  node_choice: { task: 'where_am_i', expected: (where) => (where === 'real' ? expect.stringMatching(/\w/) : 'local') },
  two_containers: { task: 'ask', expected: () => 'IS ANYBODY THERE' },
  kubernetes_pod_override: {
    task: 'show',
    tells: 'log',
    expected: () => expect.stringMatching(/^I run as kubernetes-pod-override-show-/m),
  },
};

/** The recipe that nothing runs for until a node has its label. */
export const CHOOSES_NODE = 'node_choice';

/** Runs each DAG once, all at the same time, and answers what their tasks told. */
export async function resultsOf(gantry: GantryProcesses, dagIds: readonly string[]): Promise<Map<string, unknown>> {
  await Promise.all(dagIds.map((dagId) => trigger(gantry, dagId)));
  const results = await Promise.all(dagIds.map(async (dagId) => [dagId, await toldBy(gantry, dagId)] as const));
  return new Map(results);
}

/** What a run of the example that chooses its node has met. */
interface NodeChoice {
  /** Why it waited while no node had the label. */
  readonly waiting: unknown;
  /** The node with the label and the taint. */
  readonly node: string;
  readonly told: unknown;
}

/** Taints the first node, runs the example, gives the node its label once the pod waits for it, and takes back both. */
export async function chooseNode(
  gantry: GantryProcesses,
  kubectl: (...parameters: readonly string[]) => Promise<KubectlAnswer>,
): Promise<NodeChoice> {
  const node = (await kubectl('get', 'nodes', '--output', 'jsonpath={.items[0].metadata.name}')).stdout;
  try {
    await kubectl('taint', 'node', node, 'dedicated=batch:NoSchedule');
    await trigger(gantry, CHOOSES_NODE);
    const waiting = await until(60, async () => {
      const { waiting } = (await instanceOf(gantry, CHOOSES_NODE)) ?? {};
      return waiting?.includes('nodeSelector') ? waiting : null;
    });
    await kubectl('label', 'node', node, 'disk=fast');
    return { waiting, node, told: await toldBy(gantry, CHOOSES_NODE) };
  } finally {
    await kubectl('taint', 'node', node, 'dedicated-');
    await kubectl('label', 'node', node, 'disk-');
  }
}

async function trigger(gantry: GantryProcesses, dagId: string): Promise<void> {
  await until(90, () => gantry.rest(`/dags/${dagId}`));
  expect(await gantry.rest(`/dags/${dagId}/dagRuns`, { dag_run_id: 'recipe' })).not.toBeNull();
}

interface TaskInstance {
  readonly state: string;
  readonly waiting: string | null;
  readonly reason: string | null;
}

function instanceOf(gantry: GantryProcesses, dagId: string): Promise<TaskInstance | null> {
  return gantry.rest<TaskInstance>(`/dags/${dagId}/dagRuns/recipe/taskInstances/${RECIPES[dagId]!.task}`);
}

/** What the recipe's task told; where its run failed, the task as it is then. */
async function toldBy(gantry: GantryProcesses, dagId: string): Promise<unknown> {
  const run = `/dags/${dagId}/dagRuns/recipe`;
  const { task, tells = 'result' } = RECIPES[dagId]!;
  const state = await until(150, async () => {
    const { state } = (await gantry.rest<{ state: string }>(run)) ?? { state: '' };
    return /success|failed/.test(state) ? state : null;
  });
  if (state !== 'success') return instanceOf(gantry, dagId);
  const path = `${run}/taskInstances/${task}`;
  if (tells === 'result') {
    return (await gantry.rest<{ value: unknown }>(`${path}/xcomEntries/return_value`))?.value;
  }
  const log = await gantry.rest<{ content: { event: string }[] }>(`${path}/logs/1?full_content=true`);
  return log?.content.map(({ event }) => event).join('\n');
}

/** The first answer that is not null, or null when the time is over. */
async function until<Found>(seconds: number, look: () => Promise<Found | null>): Promise<Found | null> {
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await wait(200)) {
    const found = await look();
    if (found !== null) return found;
  }
  return null;
}
