import { createHash } from 'node:crypto';
import { GantryError } from '@gantry/sdk/model';
import { isJsonObject } from './json-shape.ts';
import { lineMap } from './line-map.ts';
import { readPodDocument } from './pod-document.ts';
import type { PodTemplate } from './pod-layer.ts';
import { checkTemplate, type TemplateProblem } from './template-rules.ts';

/** More than anybody reads; the rest is left out. */
const MOST_PROBLEMS = 100;

/** A template as read, with everything that is wrong or odd about it. */
export interface ReadTemplate {
  /** Null when an error stands among the problems. */
  readonly template: PodTemplate | null;
  readonly problems: readonly TemplateProblem[];
}

/** Reads and checks a pod template; throws `template_invalid` with file, line and column of the first error. */
export function parsePodTemplate(bytes: Uint8Array, source: string, strict = false): PodTemplate {
  const { template, problems } = readPodTemplate(bytes, source, strict);
  if (template !== null) return template;
  const errors = problems.filter(({ severity }) => severity === 'error');
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const [first] = errors;
  throw new GantryError('template_invalid', `${first === undefined ? source : problemLine(first, source)}${more}`);
}

/**
 * Reads and checks a pod template and reports every problem. Never throws. `strict`: unknown fields are errors
 * (`strict_pod_schema`); default false.
 */
export function readPodTemplate(bytes: Uint8Array, source: string, strict = false): ReadTemplate {
  const { document, lines, problems: found, value } = readPodDocument(bytes);
  if (document !== null && value !== undefined) found.push(...checkTemplate(document, value, lines, source, strict));
  const unusable = !isJsonObject(value) || found.some(({ severity }) => severity === 'error');
  const problems = worst(found);
  if (unusable) return { template: null, problems };
  const version = createHash('sha256').update(bytes).digest('hex');
  const warnings = problems.map((problem) => problemLine(problem, source));
  const places = document === null ? new Map<string, number>() : lineMap(document, lines);
  return { template: { source, document: value, version, warnings, lines: places }, problems };
}

/** At most as many problems as anybody reads, errors rather than warnings. */
function worst(problems: readonly TemplateProblem[]): readonly TemplateProblem[] {
  if (problems.length <= MOST_PROBLEMS) return problems;
  const errors = problems.filter(({ severity }) => severity === 'error');
  return [...errors, ...problems.filter(({ severity }) => severity === 'warning')].slice(0, MOST_PROBLEMS);
}

/** A problem in the parts of its line; `path` is `-` when it is the document's. */
export interface ToldProblem {
  readonly place: string;
  readonly path: string;
  readonly sentence: string;
}

export function tellProblem({ line, column, path, sentence }: TemplateProblem, source: string): ToldProblem {
  return {
    place: line === null ? source : `${source}:${line}:${column}`,
    path: path === '' ? '-' : path,
    // Sentences begin with the path, which stands before them in the line.
    sentence: path !== '' && sentence.startsWith(`${path} `) ? sentence.slice(path.length + 1) : sentence,
  };
}

/** `FILE:LINE:COLUMN level path: sentence`. */
export function problemLine(problem: TemplateProblem, source: string): string {
  const { place, path, sentence } = tellProblem(problem, source);
  return `${place} ${problem.severity} ${path}: ${sentence}`;
}
