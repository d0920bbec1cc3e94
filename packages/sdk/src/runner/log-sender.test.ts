import { expect, test } from 'vitest';
import type { LogChunk, LogLine } from '../model/index.ts';
import type { ApiAnswer } from './api-client.ts';
import { LogSender } from './log-sender.ts';

const line = (text: string): LogLine => ({ at: 0, level: 'info', stream: 'log', text });
const AWAY: ApiAnswer<null> = { kind: 'away', sentence: 'The API server does not answer.' };
const texts = (chunk: LogChunk | null | undefined) => chunk?.lines.map(({ text }) => text);

/** A server that stores a chunk number once, and whose answer to the first one gets lost. */
function forgetfulServer() {
  const stored = new Map<number, LogChunk>();
  let calls = 0;
  const send = async (chunk: LogChunk): Promise<ApiAnswer<null>> => {
    calls += 1;
    if (!stored.has(chunk.chunk)) stored.set(chunk.chunk, chunk);
    return calls === 1 ? AWAY : { kind: 'ok', body: null };
  };
  return { stored, send };
}

function senderTo(send: (chunk: LogChunk) => Promise<ApiAnswer<null>>): LogSender {
  return new LogSender({ send, cells: new Int32Array(new SharedArrayBuffer(64)), now: () => 0, fraction: () => 0.5 });
}

test('a chunk whose answer was lost keeps its lines and its number, so that what is said later is not lost with it', async () => {
  const { stored, send } = forgetfulServer();
  const sender = senderTo(send);
  sender.add([line('first')]);
  await expect.poll(() => stored.size).toBe(1);
  sender.add([line('last')]);
  const last = await sender.close(() => false);
  expect(texts(stored.get(1))).toEqual(['first']);
  expect(last?.chunk).toBe(2);
  expect(texts(last)).toEqual(['last']);
});

test('a number that may be taken is not used again when there is no time left to ask', async () => {
  const stored = new Map<number, LogChunk>();
  const sender = senderTo(async (chunk) => {
    stored.set(chunk.chunk, chunk);
    return AWAY;
  });
  sender.add([line('first')]);
  await expect.poll(() => stored.size).toBe(1);
  sender.add([line('last')]);
  const last = await sender.close(() => true);
  expect(last?.chunk).toBe(2);
  expect(texts(last)).toEqual([expect.stringContaining('1 lines of the log were dropped here'), 'last']);
});
