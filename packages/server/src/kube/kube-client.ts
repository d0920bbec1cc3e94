import type { Clock, JsonObject, Random } from '@gantry/sdk/model';
import { AdaptiveLimit, type LoadSign } from './adaptive-limit.ts';
import { type DryRunAnswer, type DryRunOptions, readDryRunAnswer, readObject } from './dry-run-answer.ts';
import type { KubeTransport } from './http-transport.ts';
import type {
  AccessRight,
  CreateAnswer,
  DeleteAnswer,
  DeleteOptions,
  KubeStats,
  KubeVerb,
  ListOptions,
  LogOptions,
  PodEvent,
  PodPage,
  ServerVersion,
  TokenVerdict,
} from './kube-answers.ts';
import { type KubeCall, KubeCaller } from './kube-caller.ts';
import type { KubeConnection } from './kube-connection.ts';
import { KubeError } from './kube-error.ts';
import type { KubePod } from './kube-pod.ts';
import {
  readAccessAnswer,
  readIdentity,
  readPodAnswer,
  readPodEvents,
  readPodPage,
  readServerVersion,
  readTokenVerdict,
} from './read-answers.ts';

export interface KubeClientOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** `_request_timeout` of kube_client_request_args, first part. Default 5. */
  readonly connectSeconds?: number;
  /** Second part: the longest silence of an answer. Default 30. */
  readonly readSeconds?: number;
  /** Most creates and deletes at the same time, a connection each. Default (and 0) 100; the present limit adapts below it. */
  readonly writeConcurrency?: number;
  /** tcp_keep_idle, in seconds. Default 120; null turns TCP keep-alive off (enable_tcp_keepalive = False). */
  readonly tcpKeepIdleSeconds?: number | null;
  /** Default: HTTP/1.1 on keep-alive connections. */
  readonly transport?: KubeTransport;
}

export interface WatchOptions {
  readonly labelSelector: string;
  readonly resourceVersion: string;
  /** After this time the server ends the watch by itself (W3). */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/** The bytes of a watch as they come; ends, errors and back-pressure are those of the iteration. */
export type WatchStream = AsyncIterable<Buffer>;

const JSON_TYPE = 'application/json';
/** An answer of metadata only: half the bytes, and nothing else of it is read. */
const METADATA_TYPE = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
const MEBIBYTE = 1024 * 1024;
const OBJECT_BYTES = 4 * MEBIBYTE;
const PAGE_BYTES = 128 * MEBIBYTE;
const PAGE_SIZE = 500;
const EVENTS_KEPT = 50;

/**
 * A thin client of the Kubernetes API on keep-alive connections. Every call ends within its time limits and rejects
 * with a `KubeError`. A 429 was not carried out and is repeated a few times after Retry-After; a 401 renews the
 * credential and is repeated once; a 403 right after a new connection is repeated shortly.
 */
export class KubeClient {
  readonly connection: KubeConnection;
  readonly #caller: KubeCaller;
  readonly #writes: AdaptiveLimit;

  constructor(connection: KubeConnection, options: KubeClientOptions) {
    this.connection = connection;
    const writeConnections = options.writeConcurrency || 100;
    this.#writes = new AdaptiveLimit({ clock: options.clock, random: options.random, cap: writeConnections });
    this.#caller = new KubeCaller(connection, {
      clock: options.clock,
      random: options.random,
      connectSeconds: options.connectSeconds ?? 5,
      readSeconds: options.readSeconds ?? 30,
      writeConnections,
      tcpKeepIdleSeconds: options.tcpKeepIdleSeconds === undefined ? 120 : options.tcpKeepIdleSeconds,
      transport: options.transport,
    });
  }

  /**
   * `body` is the pod as JSON text; `ahead` lets it go before writes that wait. An ambiguous failure (`unreachable`,
   * `timeout`) is settled by `getPod`. `ready` is asked when its turn has come, right before it is sent: it may have
   * waited for long in line, or the whole process may have been paused.
   */
  async createPod(
    namespace: string,
    body: string,
    ahead = false,
    ready: () => Promise<boolean> = async () => true,
  ): Promise<CreateAnswer> {
    try {
      const create: Omit<KubeCall, 'pool' | 'answerBytes'> = {
        verb: 'create',
        what: `create pods in namespace "${namespace}"`,
        method: 'POST',
        path: podsPath(namespace),
        body,
        accept: METADATA_TYPE,
      };
      const answer = await this.#write(create, ahead, ready);
      return { kind: 'created', identity: () => readIdentity(answer.body) };
    } catch (error) {
      if (error instanceof Unwanted) return { kind: 'unwanted' };
      if (error instanceof KubeError && error.kind === 'conflict' && error.reason === 'AlreadyExists')
        return { kind: 'exists' };
      throw error;
    }
  }

  /**
   * The server's own answer to a pod that is not created (dryRun=All): defaults, admission, quota, pod security. `Strict`
   * refuses fields that this server does not know, which a create would drop. A refusal rejects, as of a create.
   */
  async dryRunPod(namespace: string, body: string, { fieldValidation, signal }: DryRunOptions): Promise<DryRunAnswer> {
    const what = `create pods in namespace "${namespace}"`;
    const path = withQuery(podsPath(namespace), { dryRun: 'All', fieldValidation });
    const call = { verb: 'other', what, method: 'POST', path, body, accept: JSON_TYPE, pool: 'read' } as const;
    return readDryRunAnswer(await this.#caller.send({ ...call, answerBytes: OBJECT_BYTES, signal }));
  }

  /** Any object or list by its path, as JSON; null when there is none (404). */
  async getObject(what: string, path: string, signal?: AbortSignal): Promise<JsonObject | null> {
    try {
      return readObject(await this.#get('other', what, path, PAGE_BYTES, signal));
    } catch (error) {
      if (error instanceof KubeError && error.kind === 'not_found') return null;
      throw error;
    }
  }

  /** Null when there is none (404). */
  async getPod(namespace: string, name: string): Promise<KubePod | null> {
    try {
      const what = `get pod "${name}" in namespace "${namespace}"`;
      return readPodAnswer(await this.#get('get', what, podPath(namespace, name)), what);
    } catch (error) {
      if (error instanceof KubeError && error.kind === 'not_found') return null;
      throw error;
    }
  }

  /** Idempotent; 404 and another pod of the same name are answers, not errors. */
  async deletePod(namespace: string, name: string, options: DeleteOptions): Promise<DeleteAnswer> {
    try {
      await this.#write({
        verb: 'delete',
        what: `delete pod "${name}" in namespace "${namespace}"`,
        method: 'DELETE',
        path: podPath(namespace, name),
        body: deleteBody(options),
        accept: METADATA_TYPE,
      });
      return 'accepted';
    } catch (error) {
      if (error instanceof KubeError && error.kind === 'not_found') return 'gone';
      if (error instanceof KubeError && error.kind === 'conflict' && options.uid !== undefined) return 'other';
      throw error;
    }
  }

  /** One page of a consistent list (W2). `namespace` null lists the whole cluster. */
  async listPods(namespace: string | null, options: ListOptions): Promise<PodPage> {
    const limit = options.limit === undefined ? PAGE_SIZE : options.limit;
    const path = withQuery(podsPath(namespace), {
      labelSelector: options.labelSelector,
      limit,
      continue: options.continueToken,
    });
    const what = `list pods ${placeName(namespace)}`;
    return readPodPage(await this.#get('list', what, path, PAGE_BYTES, options.signal), what);
  }

  /** The raw stream of a watch, on a connection of its own. Rejects before the first byte with what HTTP says. */
  async watchPods(namespace: string | null, options: WatchOptions): Promise<WatchStream> {
    const path = withQuery(podsPath(namespace), {
      watch: 1,
      allowWatchBookmarks: true,
      labelSelector: options.labelSelector,
      resourceVersion: options.resourceVersion,
      timeoutSeconds: options.timeoutSeconds,
    });
    const what = `watch pods ${placeName(namespace)}`;
    return this.#caller.open({ verb: 'watch', what, method: 'GET', path, accept: JSON_TYPE, signal: options.signal });
  }

  /** The end of a container's log as text. */
  async podLogs(namespace: string, name: string, options: LogOptions): Promise<string> {
    const limitBytes = options.limitBytes ?? MEBIBYTE;
    const path = withQuery(`${podPath(namespace, name)}/log`, { ...options, limitBytes });
    const what = `get the log of pod "${name}" in namespace "${namespace}"`;
    return (await this.#get('logs', what, path, limitBytes + OBJECT_BYTES)).toString('utf8');
  }

  /** A container's log as it grows; ends when the container ends or `signal` aborts. */
  async followLogs(
    namespace: string,
    name: string,
    options: LogOptions & { readonly signal: AbortSignal },
  ): Promise<AsyncIterable<Buffer>> {
    const { signal, ...query } = options;
    const path = withQuery(`${podPath(namespace, name)}/log`, { ...query, follow: true });
    const what = `follow the log of pod "${name}" in namespace "${namespace}"`;
    return this.#caller.open({ verb: 'logs', what, method: 'GET', path, accept: '*/*', signal });
  }

  /** Newest last, at most 50. */
  async podEvents(namespace: string, uid: string): Promise<readonly PodEvent[]> {
    const path = withQuery(`/api/v1/namespaces/${encodeURIComponent(namespace)}/events`, {
      fieldSelector: `involvedObject.uid=${uid}`,
      limit: PAGE_SIZE,
    });
    const body = await this.#get('events', `list events in namespace "${namespace}"`, path);
    return readPodEvents(body).slice(-EVENTS_KEPT);
  }

  /** UID of the namespace kube-system; null when the account may not read it. */
  async clusterId(): Promise<string | null> {
    try {
      const body = await this.#get('get', 'get namespace "kube-system"', '/api/v1/namespaces/kube-system');
      return readIdentity(body)?.uid ?? null;
    } catch (error) {
      if (error instanceof KubeError && (error.kind === 'forbidden' || error.kind === 'not_found')) return null;
      throw error;
    }
  }

  async version(): Promise<ServerVersion> {
    return readServerVersion(await this.#get('other', 'get the version', '/version'));
  }

  /** Null when the account may not read namespaces. */
  async namespaceExists(namespace: string): Promise<boolean | null> {
    try {
      await this.#get('get', `get namespace "${namespace}"`, `/api/v1/namespaces/${encodeURIComponent(namespace)}`);
      return true;
    } catch (error) {
      if (error instanceof KubeError && error.kind === 'not_found') return false;
      if (error instanceof KubeError && error.kind === 'forbidden') return null;
      throw error;
    }
  }

  /** Whether our account has a right, by a SelfSubjectAccessReview; null when the server does not answer such questions. */
  async isAllowed(right: AccessRight): Promise<boolean | null> {
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { ...right, namespace: right.namespace ?? '' } },
    };
    try {
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      return readAccessAnswer(await this.#review('create selfsubjectaccessreviews', path, review));
    } catch (error) {
      if (error instanceof KubeError && (error.kind === 'not_found' || error.kind === 'forbidden')) return null;
      throw error;
    }
  }

  /** Checks a token of a pod against the cluster. Needs `create` on tokenreviews (cluster-wide). */
  async createTokenReview(token: string, audiences: readonly string[]): Promise<TokenVerdict> {
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token, audiences } };
    const path = '/apis/authentication.k8s.io/v1/tokenreviews';
    return readTokenVerdict(await this.#review('create tokenreviews', path, review));
  }

  /** Ends all connections; calls under way reject. */
  close(): void {
    this.#caller.close();
    this.#writes.close();
  }

  get stats(): KubeStats {
    return { ...this.#caller.stats, writeLimit: this.#writes.limit };
  }

  async #get(
    verb: KubeVerb,
    what: string,
    path: string,
    answerBytes = OBJECT_BYTES,
    signal?: AbortSignal,
  ): Promise<Buffer> {
    const accept = verb === 'logs' ? '*/*' : JSON_TYPE;
    const answer = await this.#caller.send({
      verb,
      what,
      method: 'GET',
      path,
      accept,
      pool: 'read',
      answerBytes,
      signal,
    });
    return answer.body;
  }

  async #review(what: string, path: string, review: object): Promise<Buffer> {
    const answer = await this.#caller.send({
      verb: 'other',
      what,
      method: 'POST',
      path,
      body: JSON.stringify(review),
      accept: JSON_TYPE,
      pool: 'read',
      answerBytes: OBJECT_BYTES,
    });
    return answer.body;
  }

  async #write(call: Omit<KubeCall, 'pool' | 'answerBytes'>, ahead = false, ready?: () => Promise<boolean>) {
    const whole: KubeCall = { ...call, pool: 'write', answerBytes: OBJECT_BYTES };
    return this.#caller.patiently(whole, (once) => {
      const work: typeof once = async () => {
        if (ready !== undefined && !(await ready())) throw new Unwanted();
        return once();
      };
      return this.#writes.run(work, loadSign, ahead);
    });
  }
}

/** A call was given up when its turn came. */
class Unwanted extends Error {}

function loadSign(error: unknown): LoadSign {
  if (!(error instanceof KubeError)) return 'fine';
  if (error.kind === 'too_many') return 'refused';
  return error.kind === 'timeout' || error.status === 503 ? 'overloaded' : 'fine';
}

function podsPath(namespace: string | null): string {
  return namespace === null ? '/api/v1/pods' : `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
}

function podPath(namespace: string, name: string): string {
  return `${podsPath(namespace)}/${encodeURIComponent(name)}`;
}

function placeName(namespace: string | null): string {
  return namespace === null ? 'in all namespaces' : `in namespace "${namespace}"`;
}

function withQuery(
  path: string,
  parameters: { readonly [name: string]: string | number | boolean | null | undefined },
): string {
  const query = Object.entries(parameters)
    .filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

function deleteBody(options: DeleteOptions): string {
  return JSON.stringify({
    ...options.further,
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds: options.gracePeriodSeconds ?? options.further?.gracePeriodSeconds,
    propagationPolicy: options.propagationPolicy ?? options.further?.propagationPolicy,
    preconditions: options.uid === undefined ? undefined : { uid: options.uid },
  });
}
