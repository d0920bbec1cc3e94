/** A line of YAML that knows which field it tells. */
export interface YamlLine {
  readonly text: string;
  /** As `spec.containers[0].image`; of the first field where a line tells several, as an item of a list does. */
  readonly path: string;
  /** False for a line that only opens a map or a list. */
  readonly isLeaf: boolean;
}

/** Texts that YAML reads as they stand. */
const PLAIN = /^[A-Za-z/][\w./@+-]*(?::[\w./@+-]+)*$/;
/** Words that YAML reads as something else than a text. */
const OTHER_WORDS = /^(?:true|false|yes|no|on|off|null|y|n|nan|inf)$/i;

/** JSON as YAML of two spaces, a field a line. */
export function yamlLines(value: unknown): readonly YamlLine[] {
  return linesOf(value, '', 0);
}

function linesOf(value: unknown, path: string, depth: number): YamlLine[] {
  if (Array.isArray(value)) return value.flatMap((item, place) => itemLines(item, `${path}[${place}]`, depth));
  return Object.entries(value as object).flatMap(([name, inner]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const head = `${' '.repeat(depth)}${scalarText(name)}:`;
    if (isScalar(inner)) return [{ text: `${head} ${scalarText(inner)}`, path: at, isLeaf: true }];
    return [{ text: head, path: at, isLeaf: false }, ...linesOf(inner, at, depth + 2)];
  });
}

/** The first line of what is inside stands behind the dash. */
function itemLines(item: unknown, path: string, depth: number): YamlLine[] {
  const dash = `${' '.repeat(depth)}- `;
  if (isScalar(item)) return [{ text: `${dash}${scalarText(item)}`, path, isLeaf: true }];
  const [first, ...rest] = linesOf(item, path, depth + 2);
  return first === undefined ? [] : [{ ...first, text: `${dash}${first.text.slice(depth + 2)}` }, ...rest];
}

/** Empty maps and lists are told in one word too. */
function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

function scalarText(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null';
  return PLAIN.test(value) && !OTHER_WORDS.test(value) ? value : JSON.stringify(value);
}
