import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, ROOT } from '../house/source-files.ts';

/** A test whose name ends with the rows that it proves. */
export interface TaggedTest {
  readonly file: string;
  readonly line: number;
  /** Without the rows. As it stands in the source: it may hold `%s` or `$name`. */
  readonly name: string;
  readonly ids: readonly string[];
  /** Whether it is a case of a table test, whose title has its name somewhere. */
  readonly isCase: boolean;
}

const LITERAL = String.raw`(['"\`])((?:\\.|(?!\1)[^\\\n])*)`;
const IDS = String.raw`\[([IFWPDR]\d{1,3}(?:,? [IFWPDR]\d{1,3})*)\]`;
const TAGGED = new RegExp(`${LITERAL} ${IDS}\\1`, 'g');
/** A case of a table test: what it is called, and its rows as a cell of their own. */
const TAGGED_CASE = new RegExp(`${LITERAL}\\1,\\s*'${IDS}'`, 'g');
const PLACES: readonly (readonly [folder: string, endings: readonly string[]])[] = [
  ...['packages', 'test', 'bench', 'examples'].map((folder) => [folder, ['.test.ts', '.suite.ts']] as const),
  // Suites for a real cluster, which one test file runs.
  ['test/real', ['.ts']],
];

/** Read from the sources, so that nothing need run. */
export function taggedTests(): readonly TaggedTest[] {
  const files = new Set(PLACES.flatMap(([folder, endings]) => filesUnder(folder, [...endings])));
  return [...files].flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const found = (pattern: RegExp, isCase: boolean): TaggedTest[] =>
      [...text.matchAll(pattern)].map((match) => ({
        file: file.replaceAll('\\', '/'),
        line: text.slice(0, match.index).split('\n').length,
        name: match[2]!.replace(/\\(.)/g, '$1'),
        ids: match[3]!.split(/,? /),
        isCase,
      }));
    return [...found(TAGGED, false), ...found(TAGGED_CASE, true)];
  });
}
