import { expect, test } from 'vitest';
import { ShapeKeeper } from './shape-keeper.ts';

const shape = (digest: string) => ({ digest, body: '{}', origins: [], warnings: [] });

function keeper(fail: () => boolean = () => false) {
  const calls: string[][] = [];
  const troubles: unknown[] = [];
  const ledger = {
    storePodShapes: async (shapes: readonly { readonly digest: string }[]) => {
      calls.push(shapes.map(({ digest }) => digest));
      if (fail()) throw new Error('away');
    },
  };
  return { kept: new ShapeKeeper(ledger, { trouble: ({ error }) => troubles.push(error) }), calls, troubles };
}

test('what is asked for at the same time is stored in one call, each shape once', async () => {
  const { kept, calls } = keeper();
  await Promise.all(['a', 'b', 'a', 'c', 'b'].map((digest) => kept.keep(shape(digest))));
  await kept.keep(shape('a'));
  expect(calls).toEqual([['a', 'b', 'c']]);
  await kept.keep(shape('d'));
  expect(calls).toEqual([['a', 'b', 'c'], ['d']]);
});

test('a call is bounded', async () => {
  const { kept, calls } = keeper();
  await Promise.all(Array.from({ length: 450 }, (_, index) => kept.keep(shape(String(index)))));
  expect(calls.map(({ length }) => length)).toEqual([200, 200, 50]);
});

test('what could not be stored holds nobody up and is stored with the next', async () => {
  let isAway = true;
  const { kept, calls, troubles } = keeper(() => isAway);
  await kept.keep(shape('a'));
  expect(troubles).toHaveLength(1);
  isAway = false;
  await kept.keep(shape('a'));
  expect(calls).toEqual([['a'], ['a']]);
});
