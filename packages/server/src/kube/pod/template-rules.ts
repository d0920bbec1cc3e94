import type { Json, JsonObject } from '@gantry/sdk/model';
import { type Document, isAlias, isMap, isNode, isPair, isScalar, type LineCounter, visit } from 'yaml';
import { findIdentityTouches } from './identity-guard.ts';
import { isJsonList, isJsonObject } from './json-shape.ts';
import { BASE_CONTAINER } from './merge-keys.ts';
import { checkPodShape, placeText } from './schema/check-pod-shape.ts';
import { strategicMerge } from './strategic-merge.ts';

/** What is wrong (`error`) or odd (`warning`) about a template. */
export interface TemplateProblem {
  readonly severity: 'error' | 'warning';
  /** From 1; null when the problem is the file's as a whole. */
  readonly line: number | null;
  readonly column: number | null;
  /** Path of the field, e.g. `spec.containers[0].image`; empty when the problem is the document's. */
  readonly path: string;
  readonly sentence: string;
}

type Path = readonly (string | number)[];

const DNS_1123 = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/**
 * Holds a template to the rules that Airflow's documentation states, and to what Kubernetes would refuse anyway.
 * `strict`: a field that Kubernetes does not know is an error instead of a warning (`strict_pod_schema`).
 */
export function checkTemplate(
  document: Document,
  value: Json,
  lines: LineCounter,
  source: string,
  strict: boolean,
): TemplateProblem[] {
  const check = new TemplateCheck(document, lines);
  if (!isJsonObject(value)) check.error([], `The template is ${kindOf(value)}; expected a Pod.`);
  else {
    checkPod(check, value);
    checkShape(check, value, strict);
    // What the merge says of a pod of the wrong shape would only repeat it.
    if (!check.problems.some(({ severity }) => severity === 'error')) {
      checkMerge(check, value, source);
      checkIdentity(check, value);
    }
  }
  return check.problems.sort(byPlace);
}

class TemplateCheck {
  readonly problems: TemplateProblem[] = [];
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  error(path: Path, sentence: string): void {
    this.#add('error', this.#offset(path), placeText(path), sentence);
  }

  warning(path: Path, sentence: string): void {
    this.#add('warning', this.#offset(path), placeText(path), sentence);
  }

  /** A field that is not known: its name is what is wrong, so the place is the name's. */
  unknown(severity: 'error' | 'warning', path: Path, sentence: string): void {
    const parent = this.#document.getIn(path.slice(0, -1), true);
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
    const offset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
    this.#add(severity, offset ?? this.#offset(path), placeText(path), sentence);
  }

  errorAt(offset: number | null, sentence: string): void {
    this.#add('error', offset, '', sentence);
  }

  has(path: Path): boolean {
    const place = placeText(path);
    return this.problems.some((problem) => problem.path === place);
  }

  #add(severity: 'error' | 'warning', offset: number | null, path: string, sentence: string): void {
    const position = offset === null ? null : this.#lines.linePos(offset);
    this.problems.push({ severity, line: position?.line ?? null, column: position?.col ?? null, path, sentence });
  }

  /** Where the deepest node of the path that exists begins. */
  #offset(path: Path): number | null {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = length === 0 ? this.#document.contents : this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return node.range[0];
    }
    return null;
  }
}

function kindOf(value: Json | undefined): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'empty';
  if (isJsonList(value)) return 'a list';
  return isJsonObject(value) ? 'a map' : JSON.stringify(value);
}

function byPlace(left: TemplateProblem, right: TemplateProblem): number {
  return (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0);
}

/** The closed schema of the declared Kubernetes version; what another rule has found already is not told twice. */
function checkShape(check: TemplateCheck, pod: JsonObject, strict: boolean): void {
  for (const { kind, path, sentence } of checkPodShape(pod, 'pod')) {
    if (check.has(path) || (kind === 'missing_field' && check.has(path.slice(0, -1)))) continue;
    if (kind === 'unknown_field') {
      check.unknown(strict ? 'error' : 'warning', path, strict ? sentence : `${sentence} It has no effect.`);
    } else check.error(path, sentence);
  }
}

const NAMED_LISTS = ['containers', 'initContainers', 'volumes'] as const;

function checkPod(check: TemplateCheck, pod: JsonObject): void {
  if (pod.kind !== 'Pod') check.error(['kind'], `kind is ${kindOf(pod.kind)}; expected Pod.`);
  if (pod.apiVersion !== 'v1') check.error(['apiVersion'], `apiVersion is ${kindOf(pod.apiVersion)}; expected v1.`);
  checkMetadata(check, pod.metadata);
  if (!isJsonObject(pod.spec)) check.error(['spec'], `spec is ${kindOf(pod.spec)}; expected a map with containers.`);
  else checkSpec(check, pod.spec);
}

function checkMetadata(check: TemplateCheck, metadata: Json | undefined): void {
  if (!isJsonObject(metadata)) {
    check.error(['metadata'], `metadata is ${kindOf(metadata)}; expected a map with a name.`);
    return;
  }
  const { name, namespace } = metadata;
  if (typeof name !== 'string' || name.trim() === '') {
    check.error(['metadata', 'name'], `metadata.name is ${kindOf(name)}; expected a name (it is replaced at launch).`);
  } else if (!DNS_1123.test(name)) {
    check.warning(
      ['metadata', 'name'],
      `metadata.name ${JSON.stringify(name)} is no DNS-1123 name; it is replaced at launch.`,
    );
  }
  if (namespace !== undefined) {
    check.warning(['metadata', 'namespace'], 'metadata.namespace has no effect; set [kubernetes_executor] namespace.');
  }
}

function checkSpec(check: TemplateCheck, spec: JsonObject): void {
  for (const list of NAMED_LISTS) checkNames(check, spec[list], list);
  const policy = spec.restartPolicy;
  if (policy !== undefined && policy !== 'Never') {
    check.warning(
      ['spec', 'restartPolicy'],
      `spec.restartPolicy is ${kindOf(policy)}; Gantry retries tasks itself, use Never.`,
    );
  }
  if (!isJsonList(spec.containers) || spec.containers.length === 0) {
    check.error(
      ['spec', 'containers'],
      `spec.containers is ${kindOf(spec.containers)}; expected a list that begins with base.`,
    );
    return;
  }
  const base = spec.containers[0];
  if (!isJsonObject(base)) return;
  const path = ['spec', 'containers', 0];
  if (base.name !== BASE_CONTAINER) {
    check.error([...path, 'name'], `spec.containers[0].name is ${kindOf(base.name)}; expected base.`);
  }
  if (typeof base.image !== 'string' || base.image.trim() === '') {
    check.error([...path, 'image'], `spec.containers[0].image is ${kindOf(base.image)}; expected an image.`);
  }
  for (const field of ['command', 'args']) {
    if (base[field] === undefined) continue;
    const effect = field === 'args' ? 'is replaced by the worker' : 'stands before the worker’s arguments';
    check.warning([...path, field], `spec.containers[0].${field} ${effect}; leave it out unless you mean it.`);
  }
}

/** Names of containers and volumes: each given, each once. */
function checkNames(check: TemplateCheck, list: Json | undefined, field: string): void {
  if (list === undefined || list === null) return;
  const path = ['spec', field];
  if (!isJsonList(list)) {
    check.error(path, `spec.${field} is ${kindOf(list)}; expected a list.`);
    return;
  }
  const seen = new Map<string, number>();
  list.forEach((item, index) => {
    const at = `spec.${field}[${index}]`;
    const name = isJsonObject(item) ? item.name : undefined;
    if (typeof name !== 'string' || name === '') {
      const found = isJsonObject(item) ? `${at}.name is ${kindOf(name)}` : `${at} is ${kindOf(item)}`;
      check.error([...path, index], `${found}; expected a map with a name.`);
      return;
    }
    const first = seen.get(name);
    if (first !== undefined)
      check.error(
        [...path, index, 'name'],
        `${at} has the name ${name} of spec.${field}[${first}]; names must differ.`,
      );
    seen.set(name, index);
  });
}

/** The remaining lists with keys are checked by the merge itself, which knows them. */
function checkMerge(check: TemplateCheck, pod: JsonObject, source: string): void {
  try {
    strategicMerge({}, pod, source);
  } catch (caught) {
    const sentence = caught instanceof Error ? caught.message.replace(`${source}: `, '') : String(caught);
    check.error([], sentence);
  }
}

function checkIdentity(check: TemplateCheck, pod: JsonObject): void {
  for (const { path, why, about } of findIdentityTouches(pod, 'image')) {
    if (path === 'metadata.name' || path === 'metadata.namespace') continue;
    const steps = path
      .split(/[.[\]]+/)
      .filter(Boolean)
      .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    if (about === 'token') check.error(steps, `${path} ${why}; Gantry adds it, remove it.`);
    else check.warning(steps, `${path} ${why}; what the template says there has no effect.`);
  }
}

/** A chart's template that was never rendered: found before the text is taken for values. */
export function checkPlaceholders(document: Document, lines: LineCounter): TemplateProblem[] {
  const check = new TemplateCheck(document, lines);
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value !== 'string' || !node.value.includes('{{')) return;
      const shown = JSON.stringify(node.value);
      check.errorAt(node.range?.[0] ?? null, `${shown} is a Helm placeholder; render the chart first.`);
    },
    Pair(_key, pair) {
      if (!isPair(pair) || isScalar(pair.key) || isAlias(pair.key) || !isNode(pair.key)) return;
      const sentence = 'A map stands for a key; is this a Helm placeholder? Then render the chart first.';
      check.errorAt(pair.key.range?.[0] ?? null, sentence);
    },
  });
  return check.problems;
}
