import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RankQueue } from './rank-queue.ts';

describe('RankQueue', () => {
  it('gives the smallest rank first and holds each number once, however it is filled', () => {
    const rank = [7, 3, 9, 0, 5, 8, 1, 4, 2, 6];
    const moves = fc.array(fc.option(fc.nat(9)), { maxLength: 60 });
    fc.assert(
      fc.property(moves, (list) => {
        const queue = new RankQueue(rank);
        const model = new Set<number>();
        for (const index of list) {
          if (index !== null) {
            queue.push(index);
            model.add(index);
            continue;
          }
          const smallest = [...model].sort((left, right) => rank[left]! - rank[right]!)[0];
          expect(queue.pop()).toBe(smallest);
          if (smallest !== undefined) model.delete(smallest);
        }
        const rest = [...model].sort((left, right) => rank[left]! - rank[right]!);
        expect(rest.map(() => queue.pop())).toEqual(rest);
        expect(queue.pop()).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});
