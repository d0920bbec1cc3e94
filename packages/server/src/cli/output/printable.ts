import { stripVTControlCharacters } from 'node:util';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/gu;
const NARROW = /\p{Mark}|\u200d|\ufe0f/gu;

/** Text of others made harmless for a terminal: no escape sequences and no control characters but tab and line feed. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(CONTROL, '');
}

/** Columns that a line takes on a terminal, near enough: wide letters count two, marks none. Colours count none. */
export function displayWidth(text: string): number {
  const plain = stripVTControlCharacters(text);
  // Almost every cell is ASCII.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins with them.
  if (/^[\u0000-\u007f]*$/.test(plain)) return plain.length;
  const letters = plain.replace(NARROW, '');
  return [...letters].length + (letters.match(WIDE)?.length ?? 0);
}

/** The beginning of a plain text that fits `columns`, ended by an ellipsis when something is missing. */
export function fit(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 1) return '';
  let kept = '';
  let width = 1;
  for (const letter of text) {
    width += displayWidth(letter);
    if (width > columns) break;
    kept += letter;
  }
  return `${kept}…`;
}
