import { expect, test } from 'vitest';
import { isGenerated, isTest, type SourceFile, sourceFiles } from './source-files.ts';

/** As many equal lines in a row, imports and lone brackets left out, are the same piece of code written twice. */
const LINES_IN_A_ROW = 8;

interface Line {
  readonly text: string;
  readonly number: number;
}

function significantLines({ text }: SourceFile): Line[] {
  return text
    .split('\n')
    .map((line, index) => ({ text: line.trim(), number: index + 1 }))
    .filter(({ text: line }) => line !== '' && !/^[\])};,({[\s]+$/.test(line))
    .filter(({ text: line }) => !/^(import |export \* |export \{|\} from |\/\/|\/?\*)/.test(line));
}

test('no piece of code stands twice', () => {
  const seen = new Map<string, string>();
  const twice = new Map<string, string>();
  for (const file of sourceFiles().filter((one) => !isTest(one.path) && !isGenerated(one))) {
    const lines = significantLines(file);
    for (let first = 0; first + LINES_IN_A_ROW <= lines.length; first += 1) {
      const key = lines
        .slice(first, first + LINES_IN_A_ROW)
        .map(({ text }) => text)
        .join('\n');
      const place = `${file.path}:${lines[first]!.number}`;
      const other = seen.get(key);
      if (other === undefined) seen.set(key, place);
      else if (!twice.has(`${file.path} ${other.split(':')[0]}`)) {
        twice.set(`${file.path} ${other.split(':')[0]}`, `${place} repeats ${other}`);
      }
    }
  }
  expect([...twice.values()]).toEqual([]);
});
