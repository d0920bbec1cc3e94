import { type BundledDag, type DagSpec, SPEC_LAYOUT } from '../model/index.ts';
import { type DagOptions, type DagSettings, readDagOptions } from './dag-options.ts';
import { DagDefinitionError, shown } from './definition-error.ts';
import { findCycle } from './find-cycle.ts';
import { identifier } from './identifier.ts';
import { OpenDag, whileOpen } from './open-dag.ts';
import { resolveEdges, type Upstreams } from './resolve-edges.ts';

/**
 * Defines a DAG: `build` places the tasks. The file must export what this returns. The id is made of letters, digits,
 * `_`, `-` and `.`. Throws DagDefinitionError with one sentence when something cannot be.
 */
export function dag(dagId: string, build: () => unknown): BundledDag;
export function dag(dagId: string, options: DagOptions, build: () => unknown): BundledDag;
export function dag(
  dagId: string,
  optionsOrBuild: DagOptions | (() => unknown),
  maybeBuild?: () => unknown,
): BundledDag {
  const id = identifier(dagId, 'DAG');
  const who = `The DAG "${id}"`;
  const [options, build] = typeof optionsOrBuild === 'function' ? [{}, optionsOrBuild] : [optionsOrBuild, maybeBuild];
  const { settings, defaultArgs } = readDagOptions(options, who);
  if (typeof build !== 'function')
    throw new DagDefinitionError(`${who} needs a function that places its tasks, not ${shown(build)}.`);
  const open = new OpenDag(id, defaultArgs);
  whileOpen(open, build);
  const handlers = Object.assign(Object.create(null), Object.fromEntries(open.handlers));
  return Object.freeze({
    kind: 'gantry.dag',
    spec: deepFreeze(specOf(open, settings, who)),
    handlers: Object.freeze(handlers),
  });
}

function specOf(open: OpenDag, settings: DagSettings, who: string): DagSpec {
  const upstreams = resolveEdges(open);
  refuseCycle(upstreams, who);
  const places = new Map([...open.tasks.keys()].map((taskId, index) => [taskId, index]));
  const upstreamOf = (taskId: string) =>
    [...(upstreams.get(taskId) ?? [])].sort((one, other) => places.get(one)! - places.get(other)!);
  return {
    layout: SPEC_LAYOUT,
    dagId: open.dagId,
    ...settings,
    groups: [...open.groups.values()],
    tasks: [...open.tasks.values()].map((task) => ({ ...task, upstream: upstreamOf(task.taskId) })),
  };
}

function refuseCycle(upstreams: Upstreams, who: string): void {
  const cycle = findCycle(upstreams);
  if (cycle === null) return;
  const path = cycle.length > 12 ? [...cycle.slice(0, 6), '…', ...cycle.slice(-5)] : cycle;
  throw new DagDefinitionError(`${who} has a cycle: ${path.join(' -> ')}.`);
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
