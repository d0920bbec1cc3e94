import type { ServerResponse } from 'node:http';
import type { Container, Pod } from '../pod.ts';
import { type ApiRequest, queryInteger } from './api-request.ts';
import { badRequest } from './api-status.ts';

/** What a client asks of a container's log. */
export interface LogQuery {
  readonly container: string;
  readonly previous: boolean;
  readonly follow: boolean;
  readonly timestamps: boolean;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
  /** Milliseconds since 1970; older lines are left out. */
  readonly since: number | undefined;
}

/** Where logs come from; the kubelet in the real cluster and here. */
export interface PodLogs {
  /** Writes the log to the sink and resolves at its end, or when the signal aborts. Throws what the client is to see. */
  write(pod: Pod, query: LogQuery, sink: (text: string) => boolean, signal: AbortSignal): Promise<void>;
}

/** `pods/NAME/log`, in plain text; follows until the container ends or the client leaves. */
export async function answerPodLog(
  logs: PodLogs,
  pod: Pod,
  request: ApiRequest,
  response: ServerResponse,
): Promise<void> {
  const query = logQuery(pod, request);
  const leaving = new AbortController();
  response.on('close', () => leaving.abort());
  const sink = (text: string): boolean => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/plain' });
    return !response.destroyed && response.write(text);
  };
  await logs.write(pod, query, sink, leaving.signal);
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/plain' });
  response.end();
}

function logQuery(pod: Pod, { query, now }: ApiRequest): LogQuery {
  const sinceSeconds = queryInteger(query, 'sinceSeconds');
  const sinceTime = query.get('sinceTime');
  const tailLines = queryInteger(query, 'tailLines');
  const limitBytes = queryInteger(query, 'limitBytes');
  if (tailLines !== undefined && tailLines < 0) throw badRequest('tailLines must be greater than or equal to 0');
  return {
    container: containerName(pod, query.get('container') ?? ''),
    previous: query.get('previous') === 'true',
    follow: query.get('follow') === 'true',
    timestamps: query.get('timestamps') === 'true',
    tailLines,
    limitBytes,
    since:
      sinceTime !== null ? Date.parse(sinceTime) : sinceSeconds === undefined ? undefined : now - sinceSeconds * 1000,
  };
}

function containerName(pod: Pod, asked: string): string {
  const names = (list: readonly Container[] | undefined): readonly string[] =>
    (list ?? []).map((container) => container.name);
  const plain = names(pod.spec.containers);
  const init = names(pod.spec.initContainers);
  const { name } = pod.metadata;
  if (asked === '') {
    if (plain.length === 1) return plain[0] as string;
    const choices =
      init.length === 0
        ? `[${plain.join(' ')}]`
        : `[${plain.join(' ')}] or one of the init containers: [${init.join(' ')}]`;
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: ${choices}`);
  }
  if (!plain.includes(asked) && !init.includes(asked))
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  return asked;
}
