import { appendFileSync, renameSync, rmSync } from 'node:fs';
import type { ApiRequest } from './api-request.ts';
import { isLoose, type KubernetesObject } from './kubernetes-object.ts';
import type { ObjectStore } from './object-store.ts';

/** One request about pods, as a line of the log. Watches are not told. */
export interface PodRequest {
  /** Milliseconds since 1970 when it came. */
  readonly at: number;
  readonly method: string;
  /** For instance `eviction`; null for the pod itself. */
  readonly subresource: string | null;
  readonly namespace: string | null;
  /** Null for a list. */
  readonly name: string | null;
  /** HTTP status of the answer, given or lost on its way. */
  readonly code: number;
  /** Of the pod that it was about; null when there was none. */
  readonly uid: string | null;
  /** Of that pod. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of a list. */
  readonly labelSelector: string | null;
  /** The uid that a delete asked for; null when it would take any. */
  readonly uidPrecondition: string | null;
}

/** How many bytes a file of the log may have before it becomes the older one, whose predecessor is dropped. */
const FILE_BYTES = 32 * 1024 * 1024;

/** A record of what was asked about pods, JSON lines in `path` and, older ones, in `path`.1. Each start begins anew. */
export class RequestLog {
  readonly #path: string;
  readonly #store: ObjectStore;
  #bytes = 0;

  constructor(path: string, store: ObjectStore) {
    this.#path = path;
    this.#store = store;
    for (const file of [path, `${path}.1`]) rmSync(file, { force: true });
  }

  /** Looks at the pod before the request is done; the answer is told to what this returns. */
  begin(request: ApiRequest): (code: number) => void {
    const { route, query, method, now: at } = request;
    if (route.resource.plural !== 'pods' || query.has('watch')) return () => undefined;
    const sent = sentObject(request);
    const name = route.name ?? (method === 'POST' ? nameOf(sent) : null);
    const { namespace, subresource } = route;
    const known = this.#pod(namespace, name);
    return (code) => {
      const pod = code === 201 && subresource === null ? this.#pod(namespace, name) : known;
      this.#add({
        at,
        method,
        subresource,
        namespace,
        name,
        code,
        uid: pod?.metadata.uid ?? null,
        labels: pod?.metadata.labels ?? {},
        labelSelector: query.get('labelSelector'),
        uidPrecondition: method === 'DELETE' ? preconditionOf(sent) : null,
      });
    };
  }

  #pod(namespace: string | null, name: string | null): KubernetesObject | undefined {
    return name === null ? undefined : this.#store.get('pods', namespace, name);
  }

  /** Never throws: a full disk must not end what is logged about. */
  #add(line: PodRequest): void {
    const text = `${JSON.stringify(line)}\n`;
    try {
      if (this.#bytes > FILE_BYTES) {
        renameSync(this.#path, `${this.#path}.1`);
        this.#bytes = 0;
      }
      appendFileSync(this.#path, text, { mode: 0o600 });
      this.#bytes += text.length;
    } catch {
      // The line is lost; the next one is tried again.
    }
  }
}

/** Whatever was sent as JSON; the handlers refuse what is something else. */
function sentObject({ body }: ApiRequest): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

function nameOf(sent: unknown): string | null {
  const metadata = isLoose(sent) ? sent.metadata : null;
  return isLoose(metadata) && typeof metadata.name === 'string' ? metadata.name : null;
}

function preconditionOf(sent: unknown): string | null {
  const preconditions = isLoose(sent) ? sent.preconditions : null;
  return isLoose(preconditions) && typeof preconditions.uid === 'string' ? preconditions.uid : null;
}
