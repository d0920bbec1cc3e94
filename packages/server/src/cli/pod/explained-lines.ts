import { sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '@gantry/sdk/model';
import { Document, isCollection, isMap, isNode, isScalar, type Node, Scalar } from 'yaml';
import type { BuiltPod, PodLayerName, PodOrigin } from '../../kube/pod/pod-layer.ts';
import { displayWidth, fit, printable } from '../output/printable.ts';
import type { Colors } from '../output/terminal.ts';

/** Where the origins begin at the latest, so that one long value does not push all of them to the right. */
const WIDEST_VALUE = 64;
/** The same as a part of a terminal's width. */
const WIDEST_PART = 0.55;
/** Columns that a value which is cut leaves to its origin. */
const ORIGIN_COLUMNS = 24;
const LONGEST_REPLACED = 40;
/** Marks a line in the YAML with the number of its origin. */
const MARK = / #\uE0A0(\d+)$/;
/** Stand for empty maps and lists, behind which YAML takes no comment. */
const EMPTY = { map: '\uE0A1', list: '\uE0A2' } as const;

type Paint = (text: string) => string;

/** What the lines are written for. */
export interface LinesFor {
  /** Which pod it is; the first line. */
  readonly title: string;
  readonly colors: Colors;
  /** Columns; null for lines of any length, in which nothing is cut. */
  readonly width: number | null;
  /** Templates below it are called by their path from there. */
  readonly folder: string;
}

/** The pod as YAML with, behind each field, who set it and what that replaced. */
export function explainedLines({ pod, origins }: BuiltPod, { title, colors, width, folder }: LinesFor): string[] {
  const document = new Document(pod, { aliasDuplicateObjects: false, version: '1.1' });
  origins.forEach((origin, index) => void mark(document, origin, index));
  const lines = document.toString({ lineWidth: 0 }).trimEnd().split('\n');
  const texts = lines.map((line) => line.replace(MARK, '').replace(EMPTY.map, '{}').replace(EMPTY.list, '[]'));
  const widest = width === null ? WIDEST_VALUE : Math.min(WIDEST_VALUE, Math.floor(width * WIDEST_PART));
  const column = Math.min(widest, Math.max(...texts.map(displayWidth))) + 2;
  const explained = lines.map((line, place) => {
    const found = MARK.exec(line);
    if (found === null) return fitIn(texts[place]!, width);
    const origin = origins[Number(found[1])]!;
    const text = fitIn(texts[place]!, width === null ? null : Math.max(column, width - ORIGIN_COLUMNS));
    const gap = ' '.repeat(Math.max(1, column - displayWidth(text)));
    const said = `# ${originText(origin, valueAt(document, origin), folder)}`;
    const room = width === null ? null : width - displayWidth(text) - gap.length;
    return `${text}${gap}${paintOf(colors, origin.layer)(fitIn(said, room))}`;
  });
  return [colors.dim(fitIn(`# ${title}`, width)), ...explained];
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

/** Who set the field, without the names that the command was given. */
function who({ layer, source }: PodOrigin, folder: string): string {
  if (layer === 'defaults' || layer === 'identity') return layer;
  const [, task] = /^DAG \S+, (task \S+, )?podOverride$/.exec(source) ?? [source, null];
  if (task !== null) return task === undefined ? 'podOverride of the DAG' : 'podOverride of the task';
  return `${layer}: ${source.startsWith(`${folder}${sep}`) ? source.slice(folder.length + 1) : source}`;
}

function originText(origin: PodOrigin, value: unknown, folder: string): string {
  const { replaced } = origin;
  const said = who(origin, folder);
  return replaced === undefined || isDeepStrictEqual(replaced, value) ? said : `${said} (was ${shown(replaced)})`;
}

function shown(value: Json): string {
  return fit(typeof value === 'string' && value !== '' ? value : JSON.stringify(value), LONGEST_REPLACED);
}

function fitIn(text: string, columns: number | null): string {
  return columns === null ? text : fit(printable(text), columns);
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
