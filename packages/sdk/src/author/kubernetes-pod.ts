import type { PodTaskSpec } from '../model/index.ts';
import { identifier } from './identifier.ts';
import { openDag } from './open-dag.ts';
import { boolean, isPlainObject, listOf, orNull, type Reader, text, wrong } from './option-readers.ts';
import { readTaskOptions, type TaskOptions } from './task-options.ts';
import { type TaskRef, taskRef } from './task-ref.ts';

export interface KubernetesPodOptions extends TaskOptions {
  /** Any image; it needs nothing of Gantry inside. */
  readonly image: string;
  /** Replaces the image's entry point. */
  readonly command?: readonly string[] | null;
  /** Replaces the image's arguments. */
  readonly args?: readonly string[] | null;
  readonly env?: { readonly [name: string]: string };
  /** True, the default, keeps the container's log after the pod is gone. Airflow: get_logs. */
  readonly getLogs?: boolean;
}

const NAMES = ['image', 'command', 'args', 'env', 'getLogs'];
/** Kubernetes' rule for a variable of a container: anything printable but `=`. */
const ENV_NAME = /^[\x21-\x3c\x3e-\x7e]+$/;

/** Places a task that runs an image as its pod. It succeeds when its container ends with 0. Airflow: KubernetesPodOperator. */
export function kubernetesPod(taskId: string, options: KubernetesPodOptions): TaskRef<null> {
  const id = identifier(taskId, 'task');
  const who = `The task "${id}"`;
  const given = readTaskOptions(options, who, NAMES);
  const pod = readPod(options, who);
  const dag = openDag(who);
  const parts = { kind: 'pod', input: null, pod, ignoreDownstreamTriggerRules: true } as const;
  return taskRef(dag, dag.addTask(id, parts, given, null));
}

function readPod(options: KubernetesPodOptions, who: string): PodTaskSpec {
  const words = orNull(listOf(word));
  return {
    image: text(1000)(options?.image, `${who}: image`),
    command: words(options.command ?? null, `${who}: command`),
    args: words(options.args ?? null, `${who}: args`),
    env: environment(options.env ?? {}, `${who}: env`),
    getLogs: boolean(options.getLogs ?? true, `${who}: getLogs`),
  };
}

/** An argument may be empty. */
const word: Reader<string> = (value, place) => {
  if (typeof value === 'string') return value;
  throw wrong(place, 'a text', value);
};

const environment: Reader<{ readonly [name: string]: string }> = (value, place) => {
  if (!isPlainObject(value)) throw wrong(place, 'an object of texts', value);
  return Object.fromEntries(
    Object.entries(value).map(([name, given]) => {
      if (!ENV_NAME.test(name)) throw wrong(place, 'an object whose names are printable and without "="', name);
      return [name, word(given, `${place}.${name}`)];
    }),
  );
};
