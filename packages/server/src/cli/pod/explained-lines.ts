import { isDeepStrictEqual } from 'node:util';
import type { Json } from '@gantry/sdk/model';
import { Document, isCollection, isMap, isNode, isScalar, type Node, Scalar } from 'yaml';
import type { BuiltPod, PodLayerName, PodOrigin } from '../../kube/pod/pod-layer.ts';
import type { Colors } from '../output/terminal.ts';

/** Where the origins begin at the latest, so that one long value does not push all of them to the right. */
const WIDEST_VALUE = 64;
const LONGEST_REPLACED = 40;
/** Marks a line in the YAML with the number of its origin. */
const MARK = /\s*#\uE0A0(\d+)$/;
/** Stand for empty maps and lists, behind which YAML takes no comment. */
const EMPTY = { map: '\uE0A1', list: '\uE0A2' } as const;

type Paint = (text: string) => string;

/** The pod as YAML with, behind each field, who set it and what that replaced. `width`: columns; null for any length. */
export function explainedLines({ pod, origins }: BuiltPod, colors: Colors, width: number | null): string[] {
  const document = new Document(pod, { aliasDuplicateObjects: false });
  origins.forEach((origin, index) => void mark(document, origin, index));
  const lines = document.toString({ lineWidth: 0 }).trimEnd().split('\n');
  const texts = lines.map((line) => line.replace(MARK, '').replace(EMPTY.map, '{}').replace(EMPTY.list, '[]'));
  const column = Math.min(WIDEST_VALUE, Math.max(...texts.map((text) => text.length))) + 2;
  return lines.map((line, place) => {
    const text = texts[place]!;
    const found = MARK.exec(line);
    if (found === null) return text;
    const origin = origins[Number(found[1])]!;
    const said = cut(
      originText(origin, valueAt(document, origin)),
      width === null ? null : width - Math.max(column, text.length + 2) - 2,
    );
    return said === '' ? text : `${text.padEnd(column - 1)} ${paintOf(colors, origin.layer)(`# ${said}`)}`;
  });
}

/** Puts the mark where YAML takes a comment of the field: at its scalar, or at the first one inside. */
function mark(document: Document, { path }: PodOrigin, index: number): void {
  const steps = stepsOf(document, path);
  const found = document.getIn(steps, true);
  if (isCollection(found) && found.items.length === 0)
    document.setIn(steps, new Scalar(isMap(found) ? EMPTY.map : EMPTY.list));
  const node = document.getIn(steps, true);
  const at = isNode(node) ? firstScalar(node) : null;
  // A list of texts has one origin; its first item tells it.
  if (at !== null && (at.comment ?? null) === null) at.comment = `\uE0A0${index}`;
}

function valueAt(document: Document, { path }: PodOrigin): unknown {
  const value = document.getIn(stepsOf(document, path), true);
  return isNode(value) ? value.toJS(document) : value;
}

function firstScalar(node: Node): Node {
  if (!isCollection(node) || node.items.length === 0) return node;
  const [first] = node.items;
  const inside = isMap(node) ? (first as { value: unknown }).value : first;
  return isNode(inside) ? firstScalar(inside) : node;
}

/** A path such as `metadata.annotations.a.b`: names may hold dots, so the longest that is there is taken. */
function stepsOf(document: Document, path: string): (string | number)[] {
  const steps: (string | number)[] = [];
  let rest = path;
  while (rest !== '') {
    const index = /^\[(\d+)\]\.?/.exec(rest);
    if (index !== null) {
      steps.push(Number(index[1]));
      rest = rest.slice(index[0].length);
      continue;
    }
    const parent = steps.length === 0 ? document.contents : document.getIn(steps, true);
    const names = isMap(parent)
      ? parent.items.map(({ key }) => String(isScalar(key) ? key.value : key)).filter((name) => continues(rest, name))
      : [];
    const name = names.sort((left, right) => right.length - left.length)[0];
    if (name === undefined) return steps;
    steps.push(name);
    rest = rest.slice(name.length).replace(/^\./, '');
  }
  return steps;
}

function continues(path: string, name: string): boolean {
  return path.startsWith(name) && ['', '.', '['].includes(path.charAt(name.length));
}

/** Whose override it is goes without the names that the command was given. */
function shortSource(source: string): string {
  const [, task] = /^DAG \S+?, (?:task (\S+), )?podOverride$/.exec(source) ?? [];
  if (task !== undefined) return 'podOverride of the task';
  return source.startsWith('DAG ') && source.endsWith(', podOverride') ? 'podOverride of the DAG' : source;
}

function originText({ layer, source, replaced }: PodOrigin, value: unknown): string {
  const who = layer === 'defaults' || layer === 'identity' ? layer : `${layer}: ${shortSource(source)}`;
  if (replaced === undefined || isDeepStrictEqual(replaced, value)) return who;
  return `${who} (was ${shown(replaced)})`;
}

function shown(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return cut(text === '' ? '""' : text, LONGEST_REPLACED);
}

function cut(text: string, room: number | null): string {
  if (room === null || text.length <= room) return text;
  return room < 2 ? '' : `${text.slice(0, room - 1)}…`;
}

function paintOf(colors: Colors, layer: PodLayerName): Paint {
  const paints: Readonly<Record<PodLayerName, Paint>> = {
    defaults: colors.dim,
    template: colors.cyan,
    image: colors.blue,
    override: colors.green,
    retry: colors.yellow,
    hook: colors.magenta,
    identity: colors.dim,
  };
  return paints[layer];
}
