import type { Random } from '@gantry/sdk/model';
import type { Pod } from '../pod.ts';
import type { AccountTokens } from './account-tokens.ts';
import { type ApiAnswer, type ApiRequest, bodyObject, isDryRun } from './api-request.ts';
import { conflict, methodNotAllowed, noSuchResource, notFound } from './api-status.ts';
import { bindPod } from './bind-pod.ts';
import { deleteObject, deleteOptions, evict } from './deletion.ts';
import { isLoose, type KubernetesObject } from './kubernetes-object.ts';
import { listPage, matcher } from './list.ts';
import { admit, admitUpdate } from './object-admission.ts';
import type { ObjectStore } from './object-store.ts';
import { patched } from './patch.ts';
import { presenter, presentList } from './presentation.ts';
import type { Plural } from './resources.ts';
import { requestToken } from './reviews.ts';

/** Answers every request that is one document in, one document out. */
export class ObjectHandlers {
  readonly #store: ObjectStore;
  readonly #tokens: AccountTokens;
  readonly #random: Random;

  constructor(store: ObjectStore, tokens: AccountTokens, random: Random) {
    this.#store = store;
    this.#tokens = tokens;
    this.#random = random;
  }

  handle(request: ApiRequest): ApiAnswer {
    const { name, subresource } = request.route;
    if (subresource !== null) return this.#subresource(request, subresource);
    const table = name === null ? this.#onCollection : this.#onObject;
    const handler = table[request.method];
    if (handler === undefined) throw methodNotAllowed();
    return handler(request);
  }

  readonly #onCollection: Readonly<Record<string, (request: ApiRequest) => ApiAnswer>> = {
    GET: (request) => ({ code: 200, body: presentList(request, listPage(this.#store, request.route, request.query)) }),
    POST: (request) => this.#create(request),
    DELETE: (request) => this.#deleteCollection(request),
  };

  readonly #onObject: Readonly<Record<string, (request: ApiRequest) => ApiAnswer>> = {
    GET: (request) => ({ code: 200, body: presenter(request)(this.#target(request)) }),
    PUT: (request) => this.#replace(request, bodyObject(request) as KubernetesObject),
    PATCH: (request) => this.#patch(request),
    DELETE: (request) => this.#delete(request),
  };

  #target(request: ApiRequest): KubernetesObject {
    const { namespace, name } = request.route;
    return this.#store.need(pluralOf(request), namespace, name as string);
  }

  #create(request: ApiRequest): ApiAnswer {
    const { route } = request;
    if (route.namespace === null && route.resource.namespaced) throw methodNotAllowed();
    if (route.namespace !== null && this.#store.get('namespaces', null, route.namespace) === undefined) {
      throw notFound('namespaces', route.namespace);
    }
    const object = admit(this.#store, this.#random, route, bodyObject(request));
    const dry = isDryRun(request.query);
    const plural = pluralOf(request);
    const stored = dry ? this.#store.identify(plural, object) : this.#store.create(plural, object);
    if (route.resource.kind === 'Namespace' && !dry) furnishNamespace(this.#store, object.metadata.name);
    return { code: 201, body: presenter(request)(stored) };
  }

  #replace(request: ApiRequest, sent: KubernetesObject): ApiAnswer {
    const previous = this.#target(request);
    const version = sent.metadata?.resourceVersion;
    if (version !== undefined && version !== previous.metadata.resourceVersion) {
      throw conflict(
        request.route.resource.plural,
        previous.metadata.name,
        'the object has been modified; please apply your changes to the latest version and try again',
      );
    }
    const object = admitUpdate(request.route, previous, sent);
    return {
      code: 200,
      body: presenter(request)(isDryRun(request.query) ? object : this.#store.update(pluralOf(request), object)),
    };
  }

  #patch(request: ApiRequest): ApiAnswer {
    const { namespace, name } = request.route;
    const known = this.#store.get(pluralOf(request), namespace, name as string);
    if (known === undefined && request.contentType.startsWith('application/apply-patch')) {
      return this.#create({ ...request, route: { ...request.route, name: null } });
    }
    return this.#replace(request, patched(this.#target(request), request));
  }

  #delete(request: ApiRequest): ApiAnswer {
    const present = presenter(request);
    const target = this.#target(request);
    const { code, body } = deleteObject(this.#store, pluralOf(request), target, deleteOptions(request), request.now);
    return { code, body: body.kind === 'Status' ? body : present(body) };
  }

  #deleteCollection(request: ApiRequest): ApiAnswer {
    const options = deleteOptions(request);
    const matches = matcher(request.route, request.query);
    const objects = this.#store.list(pluralOf(request), request.route.namespace).filter(matches);
    for (const object of objects) deleteObject(this.#store, pluralOf(request), object, options, request.now);
    const page = {
      items: objects,
      resourceVersion: String(this.#store.resourceVersion),
      continueToken: undefined,
      remainingItemCount: undefined,
    };
    return { code: 200, body: presentList(request, page) };
  }

  #subresource(request: ApiRequest, subresource: string): ApiAnswer {
    const key = `${request.route.resource.plural}/${subresource}`;
    const object = this.#target(request);
    if (request.route.resource.subresources.every((one) => one.name !== subresource)) throw noSuchResource();
    if (key === 'pods/status') return this.#podStatus(request, object);
    if (request.method !== 'POST') throw methodNotAllowed();
    const sent = bodyObject(request);
    if (key === 'serviceaccounts/token') return requestToken(this.#store, this.#tokens, object, sent, request.now);
    if (key === 'pods/eviction') {
      const options = isLoose(sent.deleteOptions)
        ? { ...request, body: Buffer.from(JSON.stringify(sent.deleteOptions)) }
        : { ...request, body: Buffer.alloc(0) };
      return evict(this.#store, object as Pod, deleteOptions(options), request.now);
    }
    return this.#bind(object as Pod, sent.target, request);
  }

  #podStatus(request: ApiRequest, object: KubernetesObject): ApiAnswer {
    if (request.method === 'GET') return { code: 200, body: object };
    const sent = request.method === 'PUT' ? (bodyObject(request) as KubernetesObject) : patched(object, request);
    if (!isLoose(sent.status)) throw methodNotAllowed();
    return { code: 200, body: this.#store.update('pods', { ...object, status: sent.status }) };
  }

  #bind(pod: Pod, target: unknown, request: ApiRequest): ApiAnswer {
    if (pod.spec.nodeName !== undefined)
      throw conflict(
        'pods/binding',
        pod.metadata.name,
        `pod ${pod.metadata.name} is already assigned to node "${pod.spec.nodeName}"`,
      );
    const nodeName = isLoose(target) ? String(target.name) : '';
    bindPod(this.#store, pod, nodeName, request.now);
    return { code: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } };
  }
}

/** What controllers put into every new namespace. The certificate is copied from the namespace `kube-system`. */
export function furnishNamespace(store: ObjectStore, namespace: string, certificate?: string): void {
  const source = store.get('configmaps', 'kube-system', 'kube-root-ca.crt');
  const data = certificate === undefined ? source?.data : { 'ca.crt': certificate };
  store.create('serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace },
  });
  store.create('configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-root-ca.crt', namespace },
    data,
  });
}

function pluralOf(request: ApiRequest): Plural {
  return request.route.resource.plural as Plural;
}
