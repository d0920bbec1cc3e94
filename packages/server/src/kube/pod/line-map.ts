import { type Document, isMap, isNode, isScalar, isSeq, type LineCounter } from 'yaml';

/** Lines (from 1) by path, such as `spec.containers[0].image`; plain, so that a template stays data. */
export type LineMap = ReadonlyMap<string, number>;

/** Where each field of a document stands. Aliases and merge keys have the line at which they are written. */
export function lineMap(document: Document, lines: LineCounter): LineMap {
  const map = new Map<string, number>();
  const note = (path: string, node: unknown): void => {
    const offset = isNode(node) ? node.range?.[0] : undefined;
    if (offset !== undefined) map.set(path, lines.linePos(offset).line);
  };
  const walk = (node: unknown, path: string): void => {
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        const name = String(isScalar(key) ? key.value : key);
        const at = path === '' ? name : `${path}.${name}`;
        note(at, key);
        walk(value, at);
      }
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) {
        const at = `${path}[${index}]`;
        note(at, item);
        walk(item, at);
      }
    }
  };
  walk(document.contents, '');
  return map;
}

/** The line of a field, or of the nearest thing around it that is written out; null when there is none. */
export function lineOf(map: LineMap, path: string): number | null {
  for (let at = path; at !== ''; at = at.replace(/(?:\.[^.[\]]*|\[\d+\]|[^.[\]]*)$/, '')) {
    const line = map.get(at);
    if (line !== undefined) return line;
  }
  return null;
}
