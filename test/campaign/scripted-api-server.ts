import type { HttpAnswer, HttpCall, HttpStream, KubeTransport } from '../../packages/server/src/kube/http-transport.ts';
import { KubeError } from '../../packages/server/src/kube/kube-error.ts';
import type { PodObject, PodStore } from './pod-store.ts';
import type { Process, VirtualWorld } from './virtual-world.ts';
import { type StreamCut, type StreamMode, WatchFeed } from './watch-feed.ts';

export type CallFault =
  | '429'
  | '500'
  | 'quota'
  | 'done, not answered'
  | 'neither done nor answered'
  | 'empty'
  | 'stale'
  | 'page expired';
type FaultyVerb = 'create' | 'delete' | 'list' | 'get';

const NAMESPACE_PATH = '/api/v1/namespaces/gantry/pods';
/** How old a stale list is, in versions. */
const STALE_VERSIONS = 12;
const UNANSWERED_MILLISECONDS = 5000;

/** The API server of the scripted cluster: paths, answers and faults over the store; to each process a transport of its own. */
export class ScriptedApiServer {
  isDown = false;
  /** How many watches were asked for. */
  opened = 0;
  readonly feeds = new Set<WatchFeed>();
  /** Deletes that did not say which pod they mean. */
  blindDeletes = 0;
  mode: StreamMode = 'as it is';
  /** Told whose watches were reset. */
  onReset: (owners: readonly Process[]) => void = () => {};
  readonly #world: VirtualWorld;
  readonly #store: PodStore;
  readonly #deleting: (pod: PodObject) => void;
  readonly #faults = new Map<FaultyVerb, CallFault[]>();
  readonly #called: (process: Process, what: string) => void;

  constructor(
    world: VirtualWorld,
    store: PodStore,
    told: { readonly deleting: (pod: PodObject) => void; readonly called: (process: Process, what: string) => void },
  ) {
    this.#world = world;
    this.#store = store;
    this.#deleting = told.deleting;
    this.#called = told.called;
    store.listen((event) => {
      for (const feed of this.feeds) feed.send(event);
    });
  }

  /** The next calls of this verb go wrong like this. */
  fail(verb: FaultyVerb, fault: CallFault, times: number): void {
    const faults = this.#faults.get(verb) ?? [];
    this.#faults.set(verb, [...faults, ...Array.from({ length: times }, () => fault)]);
  }

  cutWatches(how: StreamCut): void {
    const owners = [...this.feeds].map(({ owner }) => owner);
    for (const feed of this.feeds) feed.cut(how);
    this.feeds.clear();
    if (how === 'reset' || how === 'half line') this.onReset(owners);
  }

  setMode(mode: StreamMode): void {
    this.mode = mode;
    for (const feed of this.feeds) feed.mode = mode;
  }

  /** Everything works again; what was silent is reset, as by a network that comes back. */
  heal(): void {
    this.isDown = false;
    this.#faults.clear();
    this.setMode('as it is');
    if ([...this.feeds].some(({ isSilent }) => isSilent)) this.cutWatches('reset');
  }

  transport(owner: Process): KubeTransport {
    return {
      connectionsOpened: 1,
      millisecondsSinceConnect: Number.POSITIVE_INFINITY,
      send: (call) => this.#send(owner, call),
      open: (call) => this.#open(owner, call),
      close: () => {},
    };
  }

  #send(owner: Process, call: HttpCall): Promise<HttpAnswer> {
    const world = this.#world;
    const url = new URL(call.path, 'http://scripted');
    const verb = verbOf(call, url);
    const fault = this.#faults.get(verb as FaultyVerb)?.shift();
    const purpose = `api ${owner.name}`;
    return new Promise((resolve, reject) => {
      const settle = (milliseconds: number, run: () => void): unknown => world.after(milliseconds, owner, run);
      world.after(world.between(purpose, 1, 20), null, () => {
        this.#called(owner, `${verb} ${url.pathname}`);
        if (this.isDown || fault === 'neither done nor answered') {
          world.trace(`${owner.name} api ${verb} unanswered`);
          settle(UNANSWERED_MILLISECONDS, () => reject(unreachable()));
          return;
        }
        const answer = this.#answer(verb, url, call, fault);
        world.trace(`${owner.name} api ${verb} ${url.pathname} ${answer.status}`);
        if (fault === 'done, not answered') settle(UNANSWERED_MILLISECONDS, () => reject(unreachable()));
        else settle(world.between(purpose, 1, 20), () => resolve(answer));
      });
    });
  }

  #open(owner: Process, call: Omit<HttpCall, 'pool' | 'answerBytes'>): Promise<HttpStream> {
    const world = this.#world;
    this.opened += 1;
    const { searchParams } = new URL(call.path, 'http://scripted');
    const from = Number(searchParams.get('resourceVersion'));
    return new Promise((resolve, reject) => {
      world.after(world.between(`watch ${owner.name}`, 2, 30), owner, () => {
        if (call.signal?.aborted) return reject(unreachable());
        if (this.isDown) return reject(unreachable());
        const isExpired = from < this.#store.oldestVersion;
        if (isExpired && world.fraction('form of 410') < 0.5) return resolve(streamed(410, status(410, 'Expired')));
        const feed = this.#feed(owner, Number(searchParams.get('timeoutSeconds')), call.signal);
        if (isExpired) feed.cut('error 410');
        else if (from > this.#store.version) feed.cut('error 500');
        else for (const event of this.#store.history) if (event.version > from) feed.send(event);
        world.trace(`${owner.name} api watch from ${from}`);
        resolve({ status: 200, headers: {}, body: feed });
      });
    });
  }

  #feed(owner: Process, timeoutSeconds: number, signal: AbortSignal | undefined): WatchFeed {
    const feed = new WatchFeed(this.#world, owner, () => this.#store.version);
    feed.mode = this.mode;
    this.feeds.add(feed);
    this.#world.after(timeoutSeconds * 1000, null, () => feed.cut('close'));
    signal?.addEventListener('abort', () => {
      this.feeds.delete(feed);
      feed.abort();
    });
    return feed;
  }

  #answer(verb: string, url: URL, call: HttpCall, fault: CallFault | undefined): HttpAnswer {
    if (fault === '429') return refuse(429, 'TooManyRequests', { 'retry-after': '2' });
    if (fault === '500') return refuse(500, 'InternalError');
    if (fault === 'quota') return refuse(403, 'Forbidden', {}, 'exceeded quota: scripted');
    const name = url.pathname.slice(NAMESPACE_PATH.length + 1);
    switch (verb) {
      case 'create':
        return this.#create(JSON.parse(call.body ?? '{}') as PodObject);
      case 'list':
        return this.#list(url.searchParams, fault);
      case 'get': {
        const pod = this.#store.pods.get(name);
        return pod === undefined ? refuse(404, 'NotFound') : json(200, pod);
      }
      case 'delete':
        return this.#delete(name, JSON.parse(call.body ?? '{}') as DeleteBody);
      case 'log':
        return { status: 200, headers: {}, body: Buffer.from(`${this.#store.time()} a line\n`) };
      case 'cluster':
        return json(200, { metadata: { uid: 'cluster-1', resourceVersion: '1' } });
      default:
        return json(200, { items: [] });
    }
  }

  #create(body: PodObject): HttpAnswer {
    const pod = this.#store.create('gantry', body);
    return pod === null ? refuse(409, 'AlreadyExists') : json(201, { metadata: pod.metadata });
  }

  #list(query: URLSearchParams, fault: CallFault | undefined): HttpAnswer {
    const [atVersion, first = '0'] = (query.get('continue') ?? '').split(':');
    if (fault === 'page expired' && query.has('limit')) return refuse(410, 'Expired');
    const newest = fault === 'stale' ? Math.max(1, this.#store.version - STALE_VERSIONS) : this.#store.version;
    const version = atVersion ? Number(atVersion) : newest;
    const all =
      fault === 'empty'
        ? []
        : this.#store.at(version).filter((pod) => isSelected(pod, query.get('labelSelector') ?? ''));
    const limit = Number(query.get('limit') ?? all.length);
    const end = Number(first) + limit;
    const metadata = {
      resourceVersion: String(version),
      ...(end < all.length ? { continue: `${version}:${end}` } : {}),
    };
    return json(200, { kind: 'PodList', apiVersion: 'v1', metadata, items: all.slice(Number(first), end) });
  }

  #delete(name: string, body: DeleteBody): HttpAnswer {
    const pod = this.#store.pods.get(name);
    if (pod === undefined) return refuse(404, 'NotFound');
    const wanted = body.preconditions?.uid;
    if (wanted === undefined) this.blindDeletes += 1;
    else if (wanted !== pod.metadata.uid) return refuse(409, 'Conflict');
    this.markDeleted(pod, body.gracePeriodSeconds);
    return json(200, { metadata: pod.metadata });
  }

  /** A delete as anybody may ask for it; the kubelet does the rest. */
  markDeleted(pod: PodObject, graceSeconds = pod.spec.terminationGracePeriodSeconds ?? 30): void {
    if (pod.metadata.deletionTimestamp !== undefined) return;
    const { name, uid } = pod.metadata;
    const deletionTimestamp = this.#store.time(graceSeconds * 1000);
    const marked = this.#store.change(name, uid, (present) => ({
      ...present,
      metadata: { ...present.metadata, deletionTimestamp, deletionGracePeriodSeconds: graceSeconds },
    }));
    if (marked !== null) this.#deleting(marked);
  }
}

interface DeleteBody {
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string };
}

function verbOf(call: Pick<HttpCall, 'method'>, url: URL): string {
  if (url.pathname === '/api/v1/namespaces/kube-system') return 'cluster';
  if (url.pathname.endsWith('/log')) return 'log';
  if (!url.pathname.startsWith(NAMESPACE_PATH)) return 'other';
  if (call.method === 'POST') return 'create';
  if (call.method === 'DELETE') return 'delete';
  return url.pathname === NAMESPACE_PATH ? 'list' : 'get';
}

function isSelected({ metadata }: PodObject, selector: string): boolean {
  return selector.split(',').every((one) => {
    const [label = '', value] = one.split('=');
    return label === '' || metadata.labels[label] === value;
  });
}

function json(code: number, body: object, headers: { readonly [name: string]: string } = {}): HttpAnswer {
  return { status: code, headers, body: Buffer.from(JSON.stringify(body)) };
}

function status(code: number, reason: string, message = `scripted ${reason}`): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code };
}

function refuse(
  code: number,
  reason: string,
  headers: { readonly [name: string]: string } = {},
  message?: string,
): HttpAnswer {
  return json(code, status(code, reason, message), headers);
}

function streamed(code: number, body: object): HttpStream {
  async function* once(): AsyncGenerator<Buffer> {
    yield Buffer.from(JSON.stringify(body));
  }
  return { status: code, headers: {}, body: once() };
}

function unreachable(): KubeError {
  return new KubeError({
    kind: 'unreachable',
    message: 'The Kubernetes API cannot be reached: the connection was cut.',
    reason: 'ECONNRESET',
  });
}
