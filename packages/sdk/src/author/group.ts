import { DagDefinitionError, shown } from './definition-error.ts';
import { groupIdentifier } from './identifier.ts';
import { openDag, refusePromise } from './open-dag.ts';
import { knownOptions, wrong } from './option-readers.ts';
import { readTaskOptions, type TaskOptions } from './task-options.ts';
import { type Group, groupRef } from './task-ref.ts';

export interface GroupOptions {
  /** Shown when the pointer is over the group. */
  readonly tooltip?: string;
  /** Options of the group's tasks that do not set them themselves, over those of the DAG. */
  readonly defaultArgs?: TaskOptions;
}

/** Places the tasks of `build` in a group: its id and a dot come in front of theirs. Groups may be nested. Airflow: TaskGroup. */
export function group<Result>(groupId: string, build: () => Result): Group<Result>;
export function group<Result>(groupId: string, options: GroupOptions, build: () => Result): Group<Result>;
export function group<Result>(
  groupId: string,
  optionsOrBuild: GroupOptions | (() => Result),
  maybeBuild?: () => Result,
): Group<Result> {
  const id = groupIdentifier(groupId);
  const who = `The group "${id}"`;
  const [options, build] = typeof optionsOrBuild === 'function' ? [{}, optionsOrBuild] : [optionsOrBuild, maybeBuild];
  if (typeof build !== 'function')
    throw new DagDefinitionError(`${who} needs a function that places its tasks, not ${shown(build)}.`);
  const { tooltip = '', defaultArgs = {} } = knownOptions(options, ['tooltip', 'defaultArgs'], who);
  if (typeof tooltip !== 'string') throw wrong(`${who}: tooltip`, 'a text', tooltip);
  const given = readTaskOptions(defaultArgs, `${who}: defaultArgs`);
  const dag = openDag(who);
  const [place, result] = dag.addGroup(id, tooltip, given, build);
  refusePromise(result, `The builder of the group "${place.id}"`);
  return groupRef(dag, place, result);
}
