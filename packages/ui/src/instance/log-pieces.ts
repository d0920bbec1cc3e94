import { type AnsiPart, ansiParts } from './ansi.ts';

/** A piece of a line that is shown in one way. */
export interface LogPiece extends AnsiPart {
  /** Only `http:` and `https:`. */
  readonly href: string | null;
  readonly isHit: boolean;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const LINK = /https?:\/\/[^\s<>"'`]+/g;
/** Ends a sentence or stands around a link rather than in it. */
const AFTER_LINK = /[.,;:!?)\]}]+$/;

/** A line as pieces: its colours, the links in it, and where a text is found that is looked for as it is, in any case. */
export function logPieces(line: string, text: string, find: string): readonly LogPiece[] {
  const links = linksIn(text);
  const hits = hitsIn(text, find);
  const pieces: LogPiece[] = [];
  let at = 0;
  for (const part of ansiParts(line)) {
    const end = at + part.text.length;
    for (const [from, to] of cut(at, end, [...links, ...hits])) {
      const link = links.find((span) => span.from <= from && to <= span.to);
      pieces.push({
        ...part,
        text: part.text.slice(from - at, to - at),
        href: link === undefined ? null : text.slice(link.from, link.to),
        isHit: hits.some((span) => span.from <= from && to <= span.to),
      });
    }
    at = end;
  }
  return pieces;
}

/** True where the text stands, in any case; no text stands everywhere. */
export function isHit(line: string, find: string): boolean {
  return find === '' || line.toLowerCase().includes(find.toLowerCase());
}

function linksIn(text: string): readonly Span[] {
  if (!text.includes('://')) return [];
  return [...text.matchAll(LINK)].map((found) => ({
    from: found.index,
    to: found.index + found[0].replace(AFTER_LINK, '').length,
  }));
}

function hitsIn(text: string, find: string): readonly Span[] {
  if (find === '') return [];
  const [line, wanted] = [text.toLowerCase(), find.toLowerCase()];
  const spans: Span[] = [];
  for (let from = line.indexOf(wanted); from >= 0; from = line.indexOf(wanted, from + wanted.length))
    spans.push({ from, to: from + wanted.length });
  return spans;
}

/** From `from` to `to`, cut wherever a span begins or ends. */
function cut(from: number, to: number, spans: readonly Span[]): readonly (readonly [number, number])[] {
  const inside = spans.flatMap((span) => [span.from, span.to]).filter((at) => at > from && at < to);
  const edges = [...new Set([from, ...inside, to])].sort((one, other) => one - other);
  return edges.slice(1).map((edge, place) => [edges[place] ?? from, edge]);
}
