import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogQuery } from '../api/pod-log-answer.ts';
import type { ContainerLog } from './container-log.ts';

const READ_BYTES = 64 * 1024;

/** Streams a container's log as `kubectl logs` shows it: the text of the records, cut and filtered as asked. */
export async function streamLog(
  log: ContainerLog,
  query: LogQuery,
  sink: (text: string) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const output = new BoundedOutput(query.limitBytes, sink);
  const show = (record: string): void => output.write(shownText(record, query));
  let { rotations } = log;
  const older = existsSync(log.olderPath) ? recordsOf(readFileSync(log.olderPath, 'utf8')) : [];
  const start = readRecords(log.path, 0);
  const kept = [...older, ...start.records].filter((record) => isWanted(record, query));
  for (const record of query.tailLines === undefined ? kept : lastLines(kept, query.tailLines)) show(record);
  let place = start.end;
  while (query.follow && !output.full && !signal.aborted) {
    const ended = log.ended;
    if (log.rotations !== rotations) {
      for (const record of readRecords(log.olderPath, place).records) show(record);
      rotations = log.rotations;
      place = 0;
    }
    const next = readRecords(log.path, place);
    for (const record of next.records) show(record);
    place = next.end;
    if (ended) break;
    if (next.records.length === 0) await log.changed(signal);
    await output.drained(signal);
  }
}

/** Counts bytes towards `limitBytes` and lets a slow client set the pace. */
class BoundedOutput {
  readonly #limit: number | undefined;
  readonly #sink: (text: string) => boolean;
  #bytes = 0;
  #slow = false;

  constructor(limit: number | undefined, sink: (text: string) => boolean) {
    this.#limit = limit;
    this.#sink = sink;
  }

  get full(): boolean {
    return this.#limit !== undefined && this.#bytes >= this.#limit;
  }

  write(text: string): void {
    if (this.full || text === '') return;
    const bytes = Buffer.from(text);
    const left = this.#limit === undefined ? bytes.length : this.#limit - this.#bytes;
    const shown = bytes.length > left ? bytes.subarray(0, left).toString('utf8') : text;
    this.#bytes += Math.min(bytes.length, left);
    if (!this.#sink(shown)) this.#slow = true;
  }

  async drained(signal: AbortSignal): Promise<void> {
    if (!this.#slow || signal.aborted) return;
    this.#slow = false;
    await sleep(20);
  }
}

function recordsOf(text: string): readonly string[] {
  return text.split('\n').filter((record) => record !== '');
}

/** Whole records from a place in the file on, and the place after them. */
function readRecords(path: string, from: number): { readonly records: readonly string[]; readonly end: number } {
  if (!existsSync(path)) return { records: [], end: from };
  const descriptor = openSync(path, 'r');
  const chunks: Buffer[] = [];
  try {
    for (let place = from; ; ) {
      const chunk = Buffer.alloc(READ_BYTES);
      const bytes = readSync(descriptor, chunk, 0, READ_BYTES, place);
      if (bytes === 0) break;
      chunks.push(chunk.subarray(0, bytes));
      place += bytes;
    }
  } finally {
    closeSync(descriptor);
  }
  const all = Buffer.concat(chunks);
  const end = all.lastIndexOf(10) + 1;
  return { records: recordsOf(all.subarray(0, end).toString('utf8')), end: from + end };
}

const RECORD = /^(\S+) (\S+) (\S) (.*)$/s;

function isWanted(record: string, query: LogQuery): boolean {
  return query.since === undefined || Date.parse(RECORD.exec(record)?.[1] ?? '') >= query.since;
}

function shownText(record: string, query: LogQuery): string {
  const match = RECORD.exec(record);
  if (match === null) return '';
  const [, time, , tag, text] = match;
  return `${query.timestamps ? `${time} ` : ''}${text}${tag === 'F' ? '\n' : ''}`;
}

/** The last lines; pieces of one line count as one. */
function lastLines(records: readonly string[], count: number): readonly string[] {
  if (count === 0) return [];
  let lines = 0;
  for (let index = records.length - 1; index > 0; index -= 1) {
    const endsLine = RECORD.exec(records[index - 1] as string)?.[3] === 'F';
    if (endsLine) lines += 1;
    if (lines === count) return records.slice(index);
  }
  return records;
}
