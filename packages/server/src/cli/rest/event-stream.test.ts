import { expect, test } from 'vitest';
import { readEvents } from './event-stream.ts';

const TEXT =
  ': hello\n\nid: 7\nevent: progress\ndata: {"a":1}\n\nid: 8\nevent: finished\ndata: one\ndata: two\n\nid: 9\ndata: cut';

async function eventsOf(pieces: readonly string[]) {
  async function* source() {
    yield* pieces;
  }
  const events = [];
  for await (const event of readEvents(source())) events.push(event);
  return events;
}

test('events are the same however the stream is cut into pieces', async () => {
  const whole = await eventsOf([TEXT]);
  expect(whole).toEqual([
    { id: '7', event: 'progress', data: '{"a":1}' },
    { id: '8', event: 'finished', data: 'one\ntwo' },
  ]);
  expect(await eventsOf([...TEXT])).toEqual(whole);
});

test('an event without its end is not an event', async () => {
  expect(await eventsOf(['id: 1\ndata: half'])).toEqual([]);
});
