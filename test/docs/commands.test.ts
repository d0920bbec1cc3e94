import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { buildProgram } from '../../packages/server/src/cli/program.ts';
import { blocksOf, inlineCode, pagePaths } from './pages.ts';

interface Written {
  readonly place: string;
  /** Words after `gantry`. */
  readonly words: readonly string[];
}

const program = buildProgram();

/** Every `gantry ...` of the pages: in shell blocks and in inline code. */
function writtenCommands(): readonly Written[] {
  const inBlocks = blocksOf('sh').flatMap(({ page, line, text }) =>
    text
      .replaceAll('\\\n', ' ')
      .split('\n')
      .map((written) => ({ place: `${page}:${line}`, written })),
  );
  const inline = pagePaths().flatMap((page) =>
    inlineCode(page).map(({ code, line }) => ({ place: `${page}:${line}`, written: code })),
  );
  return [...inBlocks, ...inline].flatMap(({ place, written }) => {
    const words = /^(?:\$ )?(?:npx )?gantry (.+)$/.exec(written.trim())?.[1];
    return words === undefined ? [] : [{ place, words: wordsOf(words) }];
  });
}

/** Words of a shell; what is quoted counts as one, and what follows a pipe is another program's. */
function wordsOf(text: string): readonly string[] {
  return text.split(' | ')[0]!.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
}

function faultOf({ place, words }: Written): readonly string[] {
  let command: Command = program;
  let used = 0;
  for (const word of words) {
    const inside = command.commands.find((each) => each.name() === word);
    if (inside === undefined) break;
    command = inside;
    used += 1;
  }
  const rest = words.slice(used);
  if (command.commands.length > 0 && rest[0] !== undefined && !rest[0].startsWith('-'))
    return [`${place}: gantry ${words.join(' ')}: there is no command "${rest[0]}"`];
  const known = [...command.options, ...program.options].flatMap(({ short, long }) => [short, long]);
  return rest
    .filter((word) => /^--?[a-z]/.test(word) && !['--help', '-h'].includes(word))
    .map((word) => word.split('=')[0])
    .filter((flag) => !known.includes(flag))
    .map((flag) => `${place}: gantry ${words.join(' ')}: there is no option ${flag}`);
}

test('every command and option that the pages name exists', () => {
  const written = writtenCommands();
  expect(written.length).toBeGreaterThan(20);
  expect(written.flatMap(faultOf)).toEqual([]);
});
