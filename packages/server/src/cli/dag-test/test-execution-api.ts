import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type ClaimAnswer,
  type ClaimRequest,
  EXECUTION_API_PATH,
  type Json,
  type JsonObject,
  type LogChunk,
  type LogLine,
  type Outcome,
  type ReportRequest,
  type TaskFacts,
  variableSecrets,
} from '@gantry/sdk/model';
import { systemRandom } from '../../main/system-random.ts';
import type { XcomOf } from './memory-run.ts';

const LEASE_SECONDS = 60;
const HEARTBEAT_SECONDS = 10;
const KILL_GRACE_SECONDS = 5;
const BODY_BYTES = 8 * 1024 * 1024;

/** An attempt that a worker may claim. */
export interface OpenAttempt {
  readonly attemptId: string;
  readonly facts: TaskFacts;
  readonly lines: (lines: readonly LogLine[]) => void;
  readonly reported: (outcome: Outcome) => void;
}

interface Held extends OpenAttempt {
  readonly secret: string;
  readonly token: string;
  nonce: string | null;
  /** Number of the last chunk taken in; workers send them in order and may repeat one. */
  chunk: number;
}

export interface TestExecutionApiParts {
  readonly bundle: { readonly digest: string; readonly code: string };
  readonly variables: JsonObject;
  readonly xcom: (of: XcomOf) => Json | undefined;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

const NOT_FOUND: Answer = { status: 404, body: { code: 'not_found', detail: 'There is no such thing.' } };
const NOT_YOURS: Answer = {
  status: 409,
  body: { code: 'attempt_not_yours', detail: "The attempt is not this worker's." },
};

/** The execution API for the workers of one run in memory, on 127.0.0.1. It keeps nothing. */
export class TestExecutionApi {
  readonly #parts: TestExecutionApiParts;
  readonly #attempts = new Map<string, Held>();
  readonly #server: Server;

  private constructor(parts: TestExecutionApiParts) {
    this.#parts = parts;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  static async open(parts: TestExecutionApiParts): Promise<TestExecutionApi> {
    const api = new TestExecutionApi(parts);
    await new Promise<void>((resolve, reject) => {
      api.#server.once('error', reject);
      api.#server.listen(0, '127.0.0.1', resolve);
    });
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Lets a worker claim the attempt; answers the secret that it must show. */
  admit(attempt: OpenAttempt): string {
    const held = { ...attempt, secret: systemRandom.uuid(), token: systemRandom.uuid(), nonce: null, chunk: 0 };
    this.#attempts.set(attempt.attemptId, held);
    return held.secret;
  }

  forget(attemptId: string): void {
    this.#attempts.delete(attemptId);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const answer = this.#answer(request, body);
    if (typeof answer.body === 'string') {
      return void response.writeHead(answer.status, { 'content-type': 'text/javascript' }).end(answer.body);
    }
    const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  }

  #answer(request: IncomingMessage, body: unknown): Answer {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, kind, id, ...rest] = url.pathname.slice(EXECUTION_API_PATH.length).split('/').map(decodeURIComponent);
    if (kind === 'bundles')
      return id === this.#parts.bundle.digest ? { status: 200, body: this.#parts.bundle.code } : NOT_FOUND;
    const held = kind === 'attempts' ? this.#attempts.get(id ?? '') : undefined;
    if (held === undefined) return NOT_FOUND;
    const bearer = request.headers.authorization?.replace(/^Bearer /, '');
    if (bearer !== (rest[0] === 'claim' ? held.secret : held.token)) return NOT_YOURS;
    return this.#answerOf(held, rest, url.searchParams, body);
  }

  #answerOf(held: Held, [verb, key = '']: readonly string[], query: URLSearchParams, body: unknown): Answer {
    switch (verb) {
      case 'claim':
        return this.#claim(held, body as ClaimRequest);
      case 'heartbeat':
        return { status: 200, body: { leaseSeconds: LEASE_SECONDS, stop: null } };
      case 'logs':
        takeChunk(held, body as LogChunk);
        return { status: 204 };
      case 'report':
        return report(held, body as ReportRequest);
      case 'xcom':
        return valueAnswer(this.#parts.xcom({ taskId: query.get('task_id') ?? '', key: query.get('key') ?? '' }));
      case 'variables':
        return variableAnswer(key, Object.hasOwn(this.#parts.variables, key) ? this.#parts.variables[key] : undefined);
      default:
        return NOT_FOUND;
    }
  }

  #claim(held: Held, { nonce, hasBundle }: ClaimRequest): Answer {
    if (held.nonce !== null && held.nonce !== nonce) return NOT_YOURS;
    held.nonce = nonce;
    const { digest, code } = this.#parts.bundle;
    const answer: ClaimAnswer = {
      token: held.token,
      leaseSeconds: LEASE_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      killGraceSeconds: KILL_GRACE_SECONDS,
      bundleDigest: digest,
      bundle: hasBundle ? null : code,
      task: held.facts,
    };
    return { status: 200, body: answer };
  }
}

function takeChunk(held: Held, { chunk, lines }: LogChunk): void {
  if (chunk <= held.chunk) return;
  held.chunk = chunk;
  held.lines(lines);
}

function report(held: Held, { outcome, log }: ReportRequest): Answer {
  if (log !== null) takeChunk(held, log);
  held.reported(outcome);
  return { status: 204 };
}

function valueAnswer(value: Json | undefined): Answer {
  return value === undefined ? NOT_FOUND : { status: 200, body: { value } };
}

function variableAnswer(key: string, given: Json | undefined): Answer {
  if (given === undefined) return NOT_FOUND;
  const value = typeof given === 'string' ? given : JSON.stringify(given);
  return { status: 200, body: { value, secrets: variableSecrets(key, value) } };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > BODY_BYTES) throw new Error('The body is too large.');
    pieces.push(piece);
  }
  return bytes === 0 ? null : JSON.parse(Buffer.concat(pieces).toString('utf8'));
}
