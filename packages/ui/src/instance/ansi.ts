/** A part of a line in one style; colours are names of the page's own, so that they can be read in both themes. */
export interface AnsiPart {
  readonly text: string;
  readonly color: AnsiColor | null;
  readonly isBold: boolean;
}

const COLORS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
export type AnsiColor = (typeof COLORS)[number];

const ESCAPE = String.fromCharCode(27);
const BELL = String.fromCharCode(7);
/** Control sequences; of them only those that end in `m` tell a style, and the rest is left out. */
const SEQUENCE = new RegExp(
  `${ESCAPE}(?:\\[([0-?]*)[ -/]*([@-~])|\\][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)|[@-Z\\\\^_])`,
  'g',
);

/** The text of a line without the sequences of terminals. */
export function plainText(line: string): string {
  return line.includes(ESCAPE) ? line.replace(SEQUENCE, '') : line;
}

/** A line as parts in one style each. Backgrounds, and anything but colour and bold, are left out. */
export function ansiParts(line: string): readonly AnsiPart[] {
  if (!line.includes(ESCAPE)) return [{ text: line, color: null, isBold: false }];
  const parts: AnsiPart[] = [];
  let style: Style = PLAIN;
  let from = 0;
  const add = (until: number): void => {
    if (until > from) parts.push({ text: line.slice(from, until), ...style });
  };
  for (const found of line.matchAll(SEQUENCE)) {
    add(found.index);
    from = found.index + found[0].length;
    if (found[2] === 'm') style = styled(style, found[1] ?? '');
  }
  add(line.length);
  return parts;
}

type Style = Pick<AnsiPart, 'color' | 'isBold'>;
const PLAIN: Style = { color: null, isBold: false };

function styled(before: Style, codes: string): Style {
  let style = before;
  const all = codes.split(';').map(Number);
  for (let place = 0; place < all.length; place += 1) {
    const code = all[place] ?? 0;
    if (code === 0) style = PLAIN;
    else if (code === 1) style = { ...style, isBold: true };
    else if (code === 22) style = { ...style, isBold: false };
    else if (code === 39) style = { ...style, color: null };
    else if (code >= 30 && code <= 37) style = { ...style, color: COLORS[code - 30] ?? null };
    else if (code >= 90 && code <= 97) style = { ...style, color: COLORS[code - 90] ?? null };
    else if (code === 38 || code === 48) {
      const [color, used] = extended(all, place + 1);
      if (code === 38) style = { ...style, color };
      place += used;
    }
  }
  return style;
}

/** `5;n` is of 256 colours, `2;r;g;b` any; each becomes the nearest of the eight. */
function extended(codes: readonly number[], place: number): readonly [AnsiColor | null, number] {
  const [kind, first = 0, second = 0, third = 0] = codes.slice(place, place + 4);
  if (kind === 2) return [nearest(first, second, third), 4];
  if (kind !== 5) return [null, 1];
  if (first < 16) return [COLORS[first % 8] ?? null, 2];
  if (first > 231) return [null, 2];
  const cube = first - 16;
  const level = (step: number): number => (step === 0 ? 0 : 55 + 40 * step);
  return [nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)), 2];
}

function nearest(red: number, green: number, blue: number): AnsiColor | null {
  const most = Math.max(red, green, blue);
  const least = Math.min(red, green, blue);
  // What is nearly grey is told by the theme's own colour of text.
  if (most - least < 40) return null;
  const bit = (value: number): number => (value - least > (most - least) / 2 ? 1 : 0);
  return COLORS[bit(red) + 2 * bit(green) + 4 * bit(blue)] ?? null;
}
