import type { AttemptFact } from '@gantry/sdk/model';
import { expect, test } from 'vitest';
import { FactOutbox } from './fact-outbox.ts';

const STEADY = { fraction: () => 0.5 };

function waiting(attemptId: string, sentence: string): AttemptFact {
  return { kind: 'waiting', attemptId, sentence, place: null };
}

test('of one kind of fact about an attempt only the latest is sent, and a wait that was taken back is not', async () => {
  const outbox = new FactOutbox(STEADY, {});
  for (const fact of [waiting('a', 'first'), waiting('b', 'other'), waiting('a', 'second')]) outbox.tell(fact);
  outbox.forgetWait('b');
  const sent: AttemptFact[] = [];
  expect(await outbox.once({ record: async (facts) => void sent.push(...facts) })).toBe(true);
  expect(sent).toEqual([waiting('a', 'second')]);
});

test('facts that were not recorded stay, and the trouble is told', async () => {
  const troubles: string[] = [];
  const outbox = new FactOutbox(STEADY, { trouble: ({ what }) => troubles.push(what) });
  outbox.tell(waiting('a', 'first'));
  expect(await outbox.once({ record: () => Promise.reject(new Error('the database is away')) })).toBe(false);
  expect(troubles).toEqual(['1 facts were not recorded; they are told again.']);
  const sent: AttemptFact[] = [];
  await outbox.once({ record: async (facts) => void sent.push(...facts) });
  expect(sent).toEqual([waiting('a', 'first')]);
});

test('a fact that replaces one while that is being recorded is sent as well', async () => {
  const outbox = new FactOutbox(STEADY, {});
  outbox.tell(waiting('a', 'first'));
  const sent: AttemptFact[] = [];
  const record = async (facts: readonly AttemptFact[]) => {
    if (sent.length === 0) outbox.tell(waiting('a', 'second'));
    sent.push(...facts);
  };
  await outbox.once({ record });
  await outbox.once({ record });
  await outbox.once({ record });
  expect(sent).toEqual([waiting('a', 'first'), waiting('a', 'second')]);
});

test('what is told while it runs is sent, and it ends when it is aborted', async () => {
  const outbox = new FactOutbox(STEADY, {});
  const abort = new AbortController();
  let take: (facts: readonly AttemptFact[]) => void = () => {};
  const told = new Promise<readonly AttemptFact[]>((resolve) => {
    take = resolve;
  });
  const running = outbox.run({ record: async (facts) => take(facts) }, abort.signal);
  outbox.tell(waiting('a', 'first'));
  expect(await told).toEqual([waiting('a', 'first')]);
  abort.abort();
  await running;
});
