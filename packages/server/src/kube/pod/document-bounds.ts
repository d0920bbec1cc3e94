import { type Alias, type Document, isAlias, isMap, isPair, isScalar, isSeq, type LineCounter, type Pair } from 'yaml';
import { placeText } from './schema/check-pod-shape.ts';
import type { TemplateProblem } from './template-rules.ts';

/** No pod is nested deeper than about 15. */
const DEEPEST = 100;
/** Each alias costs a look at all anchors. */
const MOST_ALIASES = 1000;
/** Values that aliases may stand for, all together. A container has about 30. */
const MOST_ALIASED_VALUES = 100_000;

export const TOO_DEEP = `The values are nested too deeply; at most ${DEEPEST} levels are read.`;

type Path = readonly (string | number)[];

/**
 * What makes a document too costly or ambiguous to turn into values: a key twice in a map, aliases that explode or loop,
 * values nested without end. One pass over the text's own nodes, so that its cost does not depend on what they stand for.
 */
export function findDocumentFaults(document: Document, lines: LineCounter): TemplateProblem[] {
  const walk = new DocumentWalk(lines);
  walk.size(document.contents, []);
  return walk.problems;
}

class DocumentWalk {
  readonly problems: TemplateProblem[] = [];
  readonly #lines: LineCounter;
  /** How many values stand below an anchor; null while its end is not reached. */
  readonly #anchors = new Map<string, number | null>();
  #aliases = 0;
  #aliasedValues = 0;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  /** How many values the node stands for, aliases counted as what they stand for. */
  size(node: unknown, path: Path): number {
    if (isAlias(node)) return this.#aliasSize(node, path);
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor !== undefined) this.#anchors.set(anchor, null);
    const size = 1 + this.#sizeBelow(node, path);
    if (anchor !== undefined) this.#anchors.set(anchor, size);
    return size;
  }

  #sizeBelow(node: unknown, path: Path): number {
    if (!isMap(node) && !isSeq(node)) return 0;
    if (path.length >= DEEPEST) {
      this.#fault(node, path.slice(0, 3), TOO_DEEP);
      return 0;
    }
    if (isMap(node)) this.#checkKeys(node.items, path);
    let size = 0;
    for (const [index, item] of node.items.entries()) {
      if (isPair(item)) size += this.size(item.key, path) + this.size(item.value, [...path, nameOf(item)]);
      else size += this.size(item, [...path, index]);
    }
    return size;
  }

  #checkKeys(pairs: readonly Pair[], path: Path): void {
    const seen = new Map<string, Pair>();
    for (const pair of pairs) {
      if (!isScalar(pair.key)) continue;
      const name = nameOf(pair);
      const first = seen.get(name)?.key;
      if (first === undefined) seen.set(name, pair);
      else {
        const line =
          isScalar(first) && first.range
            ? ` It stands in line ${this.#lines.linePos(first.range[0]).line} already.`
            : '';
        this.#fault(pair.key, [...path, name], `is given twice; keep one.${line}`);
      }
    }
  }

  #aliasSize(alias: Alias, path: Path): number {
    const size = this.#anchors.get(alias.source);
    const before = this.#aliasFault();
    this.#aliases += 1;
    this.#aliasedValues += size ?? 0;
    if (size === null) {
      this.#fault(alias, path, `is an alias of what it stands in (*${alias.source}); write the values out.`);
    }
    const fault = this.#aliasFault();
    // The first one over a bound tells it all.
    if (fault !== null && before === null) this.#fault(alias, path, fault);
    return size ?? 0;
  }

  #aliasFault(): string | null {
    if (this.#aliases > MOST_ALIASES)
      return `is one alias too many; at most ${MOST_ALIASES} are read. Write the values out.`;
    if (this.#aliasedValues > MOST_ALIASED_VALUES)
      return `makes the aliases explode: together they stand for more than ${MOST_ALIASED_VALUES} values. Write the values out.`;
    return null;
  }

  #fault(node: { range?: readonly number[] | null }, path: Path, words: string): void {
    const position = node.range ? this.#lines.linePos(node.range[0] ?? 0) : null;
    const place = placeText(path);
    const sentence = words === TOO_DEEP ? words : `${place || 'the pod'} ${words}`;
    this.problems.push({
      severity: 'error',
      line: position?.line ?? null,
      column: position?.col ?? null,
      path: place,
      sentence,
    });
  }
}

function nameOf({ key }: Pair): string {
  if (!isScalar(key)) return '?';
  // The merge key of YAML 1.1 is a symbol.
  return typeof key.value === 'symbol' ? '<<' : String(key.value);
}
