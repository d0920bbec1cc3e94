import { call, Refusal, urlOf } from '../api/call.ts';
import type { LogEntry } from './log-buffer.ts';

const PATH = '/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/logs/{try_number}';

/** The log of one try. */
export interface LogOf {
  readonly path: {
    readonly dag_id: string;
    readonly dag_run_id: string;
    readonly task_id: string;
    readonly try_number: number;
  };
  readonly mapIndex: number;
}

/** Lines as they are written, until the try is over or the server ends a long answer. Throws `Refusal`. */
export async function* followLog({ path, mapIndex }: LogOf, signal: AbortSignal): AsyncGenerator<readonly LogEntry[]> {
  const answer = await fetch(urlOf(PATH, { path, query: { map_index: mapIndex } }), {
    credentials: 'same-origin',
    headers: { accept: 'application/x-ndjson' },
    signal,
  });
  // The same question as JSON is refused with the API's own sentence.
  if (!answer.ok) await call(`GET ${PATH}`, { path, query: { map_index: mapIndex }, signal });
  if (!answer.ok || answer.body === null) throw new Refusal(answer.status, 'unknown', 'The log could not be read.');
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const lines = (rest + read.value).split('\n');
    rest = lines.pop() ?? '';
    yield lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LogEntry);
  }
}

/** The whole log as text, as far as it is written. */
export async function wholeLog({ path, mapIndex }: LogOf): Promise<string> {
  const lines: string[] = [];
  let token: string | undefined;
  for (;;) {
    const query = { map_index: mapIndex, full_content: true, ...(token === undefined ? {} : { token }) };
    const page = await call(`GET ${PATH}`, { path, query });
    for (const { timestamp, level, event } of page.content)
      lines.push(`${timestamp} ${level.toUpperCase()} ${event}\n`);
    // The log of a try that goes on has no end; what is there now is all there is.
    if (page.continuation_token === null || page.content.length === 0) return lines.join('');
    token = page.continuation_token;
  }
}
