import { createHash } from 'node:crypto';
import { GantryError, type Json } from '@gantry/sdk/model';
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { findDocumentFaults, TOO_DEEP } from './document-bounds.ts';
import { isJsonObject } from './json-shape.ts';
import type { PodTemplate } from './pod-layer.ts';
import { checkPlaceholders, checkTemplate, type TemplateProblem } from './template-rules.ts';

const SIZE_LIMIT_BYTES = 1024 * 1024;
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
  const text = decode(bytes);
  if (typeof text !== 'string') return { template: null, problems: [text] };
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    // Compares each key with each other; `findDocumentFaults` does it in one pass and names both lines.
    uniqueKeys: false,
    // Kubernetes' own reader knows YAML 1.1: `0644` is octal there, `yes` a boolean. Its times and sixties are left out.
    version: '1.1',
    schema: 'yaml-1.1',
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !isForeign(tag)),
  });
  const found: TemplateProblem[] = [];
  const document = onlyDocument(documents, lines, found);
  if (document !== null) found.push(...findDocumentFaults(document, lines));
  if (document !== null && found.length === 0) found.push(...checkPlaceholders(document, lines));
  const value = document === null || found.length > 0 ? undefined : plainValue(document);
  if (document !== null && value !== undefined) found.push(...checkTemplate(document, value, lines, source, strict));
  const unusable = !isJsonObject(value) || found.some(({ severity }) => severity === 'error');
  const problems = worst(found);
  if (unusable) return { template: null, problems };
  const version = createHash('sha256').update(bytes).digest('hex');
  const warnings = problems.map((problem) => problemLine(problem, source));
  return { template: { source, document: value, version, warnings }, problems };
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

function error(sentence: string, position?: { line: number; col: number }): TemplateProblem {
  return { severity: 'error', line: position?.line ?? null, column: position?.col ?? null, path: '', sentence };
}

function decode(bytes: Uint8Array): string | TemplateProblem {
  if (bytes.byteLength > SIZE_LIMIT_BYTES) {
    return error(`The template has ${bytes.byteLength} bytes; at most ${SIZE_LIMIT_BYTES} are read.`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return error('The template is not UTF-8 text; save it as UTF-8.');
  }
}

function isForeign(tag: { tag: string; format?: string }): boolean {
  const foreign = ['binary', 'omap', 'pairs', 'set', 'timestamp'];
  return tag.format === 'TIME' || foreign.some((name) => tag.tag === `tag:yaml.org,2002:${name}`);
}

type Documents = ReturnType<typeof parseAllDocuments>;

function onlyDocument(documents: Documents, lines: LineCounter, problems: TemplateProblem[]): Document | null {
  if (!Array.isArray(documents) || documents.length === 0) {
    problems.push(error('The template is empty; expected one Pod.'));
    return null;
  }
  for (const document of documents) {
    for (const { pos, message } of document.errors) {
      const sentence = message.includes('call stack')
        ? TOO_DEEP
        : `The YAML cannot be read: ${message.replace(/\.?$/, '.')}`;
      problems.push(error(sentence, lines.linePos(pos[0])));
    }
  }
  const [first, second] = documents;
  if (second !== undefined) {
    problems.push(
      error('A second document begins; expected one Pod in the file.', lines.linePos(second.range?.[0] ?? 0)),
    );
  }
  return problems.length > 0 || first === undefined ? null : (first as unknown as Document);
}

function plainValue(document: Document): Json {
  // How much the aliases stand for was counted before.
  return JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: -1 }) ?? null)) as Json;
}
