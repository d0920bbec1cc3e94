import type { JsonObject } from '@gantry/sdk/model';
import type { KubeClient } from '../kube-client.ts';
import { KubeError } from '../kube-error.ts';
import { objectIn } from './json-fields.ts';
import { type PodReference, REFERENCES } from './pod-references.ts';
import type { Remark } from './remark.ts';

/** What was found of an object: the names of its keys, never their values. */
type Found =
  | { readonly kind: 'there'; readonly keys: ReadonlySet<string>; readonly phase: string | null }
  | { readonly kind: 'missing' }
  | { readonly kind: 'forbidden' };

/** Looks up what pods name, each object once. */
export class LookUps {
  readonly #client: Pick<KubeClient, 'getObject'>;
  readonly #signal: AbortSignal;
  readonly #found = new Map<string, Promise<Found>>();

  constructor(client: Pick<KubeClient, 'getObject'>, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  async remarks(reference: PodReference, namespace: string): Promise<readonly Remark[]> {
    const { words, plural, without, folder } = REFERENCES[reference.kind];
    const { name, path, kind, keys } = reference;
    const where = folder.includes('{namespace}') ? ` in namespace "${namespace}"` : '';
    const found = await this.#find(reference, namespace);
    if (found.kind === 'forbidden') {
      const sentence = `The ${words} "${name}" is not checked: the account may not get ${plural}${where}.`;
      return [{ level: 'unchecked', path, sentence }];
    }
    if (found.kind === 'missing') {
      const level = kind === 'pullSecret' ? 'warning' : 'error';
      return [{ level, path, sentence: `There is no ${words} "${name}"${where}, so ${without}.` }];
    }
    if (found.phase === 'Lost') {
      const sentence = `The ${words} "${name}"${where} has lost its volume, so ${without}.`;
      return [{ level: 'error', path, sentence }];
    }
    return keys
      .filter(({ key }) => !found.keys.has(key))
      .map(({ key, path: place }): Remark => {
        const sentence = `The ${words} "${name}"${where} has no key "${key}", so ${without}.`;
        return { level: 'error', path: place, sentence };
      });
  }

  #find({ kind, name }: PodReference, namespace: string): Promise<Found> {
    const folder = REFERENCES[kind].folder.replace('{namespace}', encodeURIComponent(namespace));
    const path = `${folder}/${encodeURIComponent(name)}`;
    const known = this.#found.get(path);
    if (known !== undefined) return known;
    const asking = this.#ask(`get ${REFERENCES[kind].words} "${name}"`, path);
    this.#found.set(path, asking);
    return asking;
  }

  async #ask(what: string, path: string): Promise<Found> {
    try {
      const object = await this.#client.getObject(what, path, this.#signal);
      return object === null ? { kind: 'missing' } : { kind: 'there', keys: keysOf(object), phase: phaseOf(object) };
    } catch (error) {
      if (error instanceof KubeError && error.kind === 'forbidden') return { kind: 'forbidden' };
      throw error;
    }
  }
}

function keysOf(object: JsonObject): ReadonlySet<string> {
  return new Set(['data', 'binaryData'].flatMap((part) => Object.keys(objectIn(object, part))));
}

function phaseOf(object: JsonObject): string | null {
  const { phase } = objectIn(object, 'status');
  return typeof phase === 'string' ? phase : null;
}
