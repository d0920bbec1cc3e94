import { displayWidth, fit } from './printable.ts';
import type { Colors } from './terminal.ts';

export interface Cell {
  /** One line of harmless text. */
  readonly text: string;
  /** Paints the text after it was fitted. */
  readonly paint?: (text: string) => string;
}

export interface TableColumn {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly right?: boolean;
  /** Never cut, e.g. an id that is copied into the next command. */
  readonly whole?: boolean;
}

const GAP = '  ';
const LEAST_WIDTH = 8;

/**
 * Lays rows out under their titles. Within `width` columns the widest cells are cut first; null cuts nothing, so that
 * what is piped into another program is whole.
 */
export function table(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  width: number | null,
  colors: Colors,
): string {
  const widths = columnWidths(columns, rows, width);
  const head = columns.map(({ title }): Cell => ({ text: title, paint: colors.dim }));
  return [head, ...rows].map((cells) => `${line(columns, cells, widths)}\n`).join('');
}

function columnWidths(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  width: number | null,
): number[] {
  const widths = columns.map(({ title }, place) =>
    rows.reduce((most, row) => Math.max(most, displayWidth(row[place]!.text)), displayWidth(title)),
  );
  if (width === null) return widths;
  let over = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (columns.length - 1) - width;
  while (over > 0) {
    const widest = widestToCut(columns, widths);
    if (widest === null) break;
    widths[widest]! -= 1;
    over -= 1;
  }
  return widths;
}

function widestToCut(columns: readonly TableColumn[], widths: readonly number[]): number | null {
  let widest: number | null = null;
  for (const [place, width] of widths.entries()) {
    if (columns[place]!.whole === true || width <= Math.max(LEAST_WIDTH, displayWidth(columns[place]!.title))) continue;
    if (widest === null || width > widths[widest]!) widest = place;
  }
  return widest;
}

function line(columns: readonly TableColumn[], cells: readonly Cell[], widths: readonly number[]): string {
  const parts = cells.map(({ text, paint = (plain) => plain }, place) => {
    const fitted = fit(text, widths[place]!);
    const space = ' '.repeat(Math.max(0, widths[place]! - displayWidth(fitted)));
    return columns[place]!.right === true ? space + paint(fitted) : paint(fitted) + space;
  });
  return parts.join(GAP).trimEnd();
}
