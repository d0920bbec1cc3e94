import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { GantryProcesses } from '../support/gantry-processes.ts';

export interface Recipe {
  /** The one task whose result says what happened in the pod. */
  readonly task: string;
  /** What it must have seen there, on the local cluster or on a real one. */
  readonly expected: (where: 'local' | 'real') => unknown;
}

const MEBIBYTE = 1024 * 1024;

/** The examples of pods by DAG, and what each must find in its pod. */
export const RECIPES: Readonly<Record<string, Recipe>> = {
  host_path_volume: { task: 'read_host_file', expected: () => readFileSync('/etc/os-release', 'utf8') },
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
  native_sidecar: { task: 'read_clock', expected: () => expect.stringMatching(/\d\d:\d\d:\d\d/) },
  node_choice: { task: 'where_am_i', expected: () => expect.stringMatching(/\w/) },
  two_containers: { task: 'ask', expected: () => 'IS ANYBODY THERE' },
};

/** Runs each DAG once, all at the same time, and answers what their tasks returned. */
export async function resultsOf(gantry: GantryProcesses, dagIds: readonly string[]): Promise<Map<string, unknown>> {
  await Promise.all(
    dagIds.map(async (dagId) => {
      await until(async () => (await gantry.rest(`/dags/${dagId}`)) !== null, 90);
      expect(await gantry.rest(`/dags/${dagId}/dagRuns`, { dag_run_id: 'recipe' })).not.toBeNull();
    }),
  );
  const results = await Promise.all(
    dagIds.map(async (dagId) => {
      const run = `/dags/${dagId}/dagRuns/recipe`;
      const state = async () => (await gantry.rest<{ state: string }>(run))?.state;
      await until(async () => /success|failed/.test((await state()) ?? ''), 150);
      const { task } = RECIPES[dagId]!;
      const path = `${run}/taskInstances/${task}/xcomEntries/return_value`;
      return [dagId, (await gantry.rest<{ value: unknown }>(path))?.value ?? (await state())] as const;
    }),
  );
  return new Map(results);
}

async function until(isSo: () => Promise<boolean>, seconds: number): Promise<void> {
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
