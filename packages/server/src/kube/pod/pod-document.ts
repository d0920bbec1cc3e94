import type { Json } from '@gantry/sdk/model';
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { findDocumentFaults, TOO_DEEP } from './document-bounds.ts';
import { checkPlaceholders, type TemplateProblem } from './template-rules.ts';

const SIZE_LIMIT_BYTES = 1024 * 1024;

/** A YAML or JSON file with one pod, or a part of one, as read. */
export interface PodDocument {
  /** Null when there is none to place problems in. */
  readonly document: Document | null;
  readonly lines: LineCounter;
  readonly problems: TemplateProblem[];
  /** Undefined when an error stands among the problems. */
  readonly value: Json | undefined;
}

/** Reads text as Kubernetes' own reader does, within bounds, and reports every problem of the text itself. Never throws. */
export function readPodDocument(bytes: Uint8Array): PodDocument {
  const lines = new LineCounter();
  const text = decode(bytes);
  if (typeof text !== 'string') return { document: null, lines, problems: [text], value: undefined };
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
  const problems: TemplateProblem[] = [];
  const document = onlyDocument(documents, lines, problems);
  if (document !== null) problems.push(...findDocumentFaults(document, lines));
  if (document !== null && problems.length === 0) problems.push(...checkPlaceholders(document, lines));
  const value = document === null || problems.length > 0 ? undefined : plainValue(document);
  return { document, lines, problems, value };
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
