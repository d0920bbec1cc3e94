import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from './line-splitter.ts';

describe('LineSplitter', () => {
  it('gives the same lines however the bytes are cut, characters of several bytes too [W11]', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 12 })),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        (texts, cuts) => {
          const lines = texts.map((text) => text.replaceAll('\n', ' ')).filter((text) => text !== '');
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const splitter = new LineSplitter(1000);
          const found: string[] = [];
          for (let start = 0, turn = 0; start < bytes.length; turn += 1) {
            const end = start + cuts[turn % cuts.length]!;
            found.push(...splitter.push(bytes.subarray(start, end))!.map(String));
            start = end;
          }
          expect(found).toEqual(lines);
          expect(splitter.unfinishedBytes).toBe(0);
        },
      ),
    );
  });

  it('knows that a stream ended in the middle of a line [W11]', () => {
    const splitter = new LineSplitter(100);
    expect(splitter.push(Buffer.from('whole\nhal'))?.map(String)).toEqual(['whole']);
    expect(splitter.unfinishedBytes).toBe(3);
  });

  it('refuses a line that is too long as soon as it is, in one piece or in many [W12]', () => {
    expect(new LineSplitter(10).push(Buffer.from('12345678901'))).toBeNull();
    const splitter = new LineSplitter(10);
    expect(splitter.push(Buffer.from('123456789'))).toEqual([]);
    expect(splitter.push(Buffer.from('01\n'))).toBeNull();
  });
});
