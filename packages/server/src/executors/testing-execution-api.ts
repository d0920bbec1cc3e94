import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  type ClaimAnswer,
  type ClaimRequest,
  EXECUTION_API_PATH,
  type LogChunk,
  type LogLine,
  type Outcome,
  type ReportRequest,
  type TaskFacts,
} from '@gantry/sdk/model';

/** An attempt as this double of the API server knows it. */
export interface KnownAttempt {
  readonly attemptId: string;
  readonly bundle: string;
  readonly digest: string;
  readonly leaseSeconds: number;
  readonly heartbeatSeconds: number;
  readonly killGraceSeconds: number;
  readonly task: TaskFacts;
  /** Every claim that came, granted or not. */
  readonly claims: ClaimRequest[];
  nonce: string | null;
  heartbeats: number;
  readonly chunks: Map<number, LogChunk>;
  /** Every report that came; the first one is kept. */
  readonly reports: ReportRequest[];
  stop: string | null;
  /** True once the attempt is somebody else's. */
  takenAway: boolean;
}

export interface AttemptSettings extends Partial<TaskFacts> {
  /** Source of the bundle; see `bundleOf`. */
  readonly bundle?: string;
  readonly leaseSeconds?: number;
  readonly heartbeatSeconds?: number;
  readonly killGraceSeconds?: number;
}

export type Verb = 'claim' | 'heartbeat' | 'logs' | 'report' | 'other';

/**
 * What happens to the next request of a verb instead of the usual: a status, a connection cut before anything was done,
 * or one cut after it was done and before the answer.
 */
export type Fault = number | 'cut' | 'lose_answer';

interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

/** The text of a bundle with one DAG `d` whose task `t` runs the given body with `input` and `context`. */
export function bundleOf(
  body: string,
  options: { before?: string; kind?: string; upstreamOfOthers?: string } = {},
): string {
  const others = options.upstreamOfOthers ?? '';
  return `${options.before ?? ''}
export const dag = {
  kind: 'gantry.dag',
  spec: { dagId: 'd', tasks: [{ kind: '${options.kind ?? 'task'}', taskId: 't', upstream: [] }${others}] },
  handlers: { t: async (input, context) => { ${body} } },
};`;
}

/** The execution API over real HTTP, for tests: it keeps what workers say, and fails as a test tells it to. */
export class TestingExecutionApi {
  readonly #attempts = new Map<string, KnownAttempt>();
  readonly #secretOf: (attemptId: string) => string;
  readonly #faults = new Map<Verb, Fault[]>();
  readonly values = new Map<string, unknown>();
  #server: Server | null = null;
  #port = 0;

  constructor(secretOf: (attemptId: string) => string = () => 'secret') {
    this.#secretOf = secretOf;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens; after a `close` on the same port again. */
  async open(): Promise<this> {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    return this;
  }

  /** Goes away: open connections are cut, new ones refused. */
  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = null;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  know(attemptId: string, settings: AttemptSettings = {}): KnownAttempt {
    const { bundle = bundleOf(''), leaseSeconds = 20, heartbeatSeconds = 5, killGraceSeconds = 1, ...task } = settings;
    const known: KnownAttempt = {
      attemptId,
      bundle,
      digest: createHash('sha256').update(bundle).digest('hex'),
      leaseSeconds,
      heartbeatSeconds,
      killGraceSeconds,
      task: { ...TASK, ...task },
      claims: [],
      nonce: null,
      heartbeats: 0,
      chunks: new Map(),
      reports: [],
      stop: null,
      takenAway: false,
    };
    this.#attempts.set(attemptId, known);
    return known;
  }

  /** The next requests of that verb meet these faults, one each. */
  fail(verb: Verb, ...faults: Fault[]): void {
    this.#faults.set(verb, [...(this.#faults.get(verb) ?? []), ...faults]);
  }

  /** How many scripted faults of that verb have not happened yet. */
  faultsLeft(verb: Verb): number {
    return this.#faults.get(verb)?.length ?? 0;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const [, attemptId = '', verb = 'other'] =
      /attempts\/([^/]+)\/(claim|heartbeat|logs|report)$/.exec(request.url ?? '') ?? [];
    const fault = this.#faults.get(verb as Verb)?.shift();
    if (fault === 'cut') return void request.socket.destroy();
    const reply = typeof fault === 'number' ? { status: fault } : this.#reply(request, verb, attemptId, body);
    if (fault === 'lose_answer') return void request.socket.destroy();
    const bytes = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? ERROR_BODY);
    if (reply.status === 204) response.writeHead(204).end();
    else response.writeHead(reply.status, { 'content-type': 'application/json' }).end(bytes);
  }

  #reply(request: IncomingMessage, verb: string, attemptId: string, body: string): Reply {
    const path = (request.url ?? '').slice(EXECUTION_API_PATH.length);
    if (verb === 'other') return this.#valueReply(path);
    const known = this.#attempts.get(attemptId);
    const bearer = request.headers.authorization?.replace('Bearer ', '');
    if (!known) return { status: 404 };
    if (verb === 'claim') {
      if (bearer !== this.#secretOf(attemptId)) return { status: 401 };
      return this.#claim(known, JSON.parse(body) as ClaimRequest);
    }
    if (bearer !== `token-of-${attemptId}` || known.takenAway) return { status: 409 };
    if (verb === 'heartbeat') return heartbeat(known);
    if (verb === 'logs') return logs(known, JSON.parse(body) as LogChunk);
    return report(known, JSON.parse(body) as ReportRequest);
  }

  #claim(known: KnownAttempt, request: ClaimRequest): Reply {
    known.claims.push(request);
    if (known.nonce !== null && known.nonce !== request.nonce) return { status: 409 };
    if (known.takenAway) return { status: 409 };
    known.nonce = request.nonce;
    const answer: ClaimAnswer = {
      token: `token-of-${known.attemptId}`,
      leaseSeconds: known.leaseSeconds,
      heartbeatSeconds: known.heartbeatSeconds,
      killGraceSeconds: known.killGraceSeconds,
      bundleDigest: known.digest,
      bundle: request.hasBundle ? null : known.bundle,
      task: known.task,
    };
    return { status: 200, body: answer };
  }

  #valueReply(path: string): Reply {
    const body = this.values.get(path.replace(/^\/attempts\/[^/]+/, ''));
    return body === undefined ? { status: 404 } : { status: 200, body };
  }
}

/** Lines that reached the API, in order of their chunks. */
export function linesOf(known: KnownAttempt): readonly LogLine[] {
  return [...known.chunks.values()].sort((one, other) => one.chunk - other.chunk).flatMap((chunk) => chunk.lines);
}

/** What the attempt's worker reported; throws when it has not. */
export function outcomeOf(known: KnownAttempt): Outcome {
  const [first] = known.reports;
  if (!first) throw new Error(`Attempt ${known.attemptId} has no report.`);
  return first.outcome;
}

function heartbeat(known: KnownAttempt): Reply {
  known.heartbeats += 1;
  const stop = known.stop === null ? null : { sentence: known.stop };
  return { status: 200, body: { leaseSeconds: known.leaseSeconds, stop } };
}

function logs(known: KnownAttempt, chunk: LogChunk): Reply {
  if (!known.chunks.has(chunk.chunk)) known.chunks.set(chunk.chunk, chunk);
  return { status: 204 };
}

function report(known: KnownAttempt, request: ReportRequest): Reply {
  known.reports.push(request);
  if (request.log) logs(known, request.log);
  return { status: 204 };
}

const ERROR_BODY = { code: 'scripted', detail: 'Scripted by the test.' };

const TASK: TaskFacts = {
  kind: 'task',
  dagId: 'd',
  taskId: 't',
  runId: 'manual__1',
  runType: 'manual',
  mapIndex: -1,
  tryNumber: 1,
  maxTries: 0,
  version: 1,
  logicalDate: null,
  dataIntervalStart: null,
  dataIntervalEnd: null,
  params: {},
  conf: {},
  executionTimeoutSeconds: null,
  input: null,
  upstreamResults: {},
};
