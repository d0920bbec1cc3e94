import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GantryError } from '@gantry/sdk/model';
import { parse } from 'yaml';

/** A named entry of a kubeconfig and the file it came from, since its relative paths are relative to that file. */
export interface KubeconfigEntry {
  readonly fields: { readonly [field: string]: unknown };
  readonly file: string;
  readonly folder: string;
}

/** Several files as one: for each name the first file that has it wins, as kubectl does. */
export interface Kubeconfig {
  readonly files: readonly string[];
  readonly currentContext: string | null;
  readonly contexts: ReadonlyMap<string, KubeconfigEntry>;
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>;
  readonly users: ReadonlyMap<string, KubeconfigEntry>;
}

const FILE_BYTES = 4 * 1024 * 1024;

/** Reads kubeconfig files. Files of a list may be missing, but not all; a file that stands alone must be there. */
export async function readKubeconfig(paths: readonly string[]): Promise<Kubeconfig> {
  const contexts = new Map<string, KubeconfigEntry>();
  const clusters = new Map<string, KubeconfigEntry>();
  const users = new Map<string, KubeconfigEntry>();
  const files: string[] = [];
  let currentContext: string | null = null;
  for (const file of paths) {
    const text = await readText(file, paths.length === 1);
    if (text === null) continue;
    files.push(file);
    const document = parseDocument(text, file);
    const named = document['current-context'];
    if (currentContext === null && typeof named === 'string' && named !== '') currentContext = named;
    addEntries(contexts, document, 'contexts', 'context', file);
    addEntries(clusters, document, 'clusters', 'cluster', file);
    addEntries(users, document, 'users', 'user', file);
  }
  if (files.length === 0) throw badKubeconfig(paths.join(', '), 'none of these files exists');
  return { files, currentContext, contexts, clusters, users };
}

/** The one way a fault of a kubeconfig is said: file, place, what is wrong. */
export function badKubeconfig(file: string, what: string, cause?: unknown): GantryError {
  return new GantryError('configuration_invalid', `Kubeconfig ${file}: ${what}.`, { cause });
}

async function readText(file: string, mustExist: boolean): Promise<string | null> {
  try {
    const text = await readFile(file, 'utf8');
    if (text.length > FILE_BYTES) throw badKubeconfig(file, `the file is larger than ${FILE_BYTES} bytes`);
    return text;
  } catch (error) {
    if (error instanceof GantryError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' && !mustExist) return null;
    if (code === 'ENOENT') {
      throw badKubeconfig(
        file,
        'there is no such file; set [kubernetes_executor] config_file, or in_cluster = True inside a pod',
        error,
      );
    }
    throw badKubeconfig(file, `the file cannot be read (${code ?? 'no reason given'})`, error);
  }
}

function parseDocument(text: string, file: string): { readonly [field: string]: unknown } {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    const where = error instanceof Error ? error.message.split('\n')[0] : 'no reason given';
    throw badKubeconfig(file, `it is no YAML: ${where?.replace(/[.:]+$/, '')}`, error);
  }
  if (!isFields(document)) throw badKubeconfig(file, 'it holds no mapping with clusters, users and contexts');
  return document;
}

function addEntries(
  into: Map<string, KubeconfigEntry>,
  document: { readonly [field: string]: unknown },
  list: string,
  kind: string,
  file: string,
): void {
  const entries = document[list] ?? [];
  if (!Array.isArray(entries)) throw badKubeconfig(file, `${list} is no list`);
  entries.forEach((entry: unknown, index) => {
    const place = `${list}[${index}]`;
    if (!isFields(entry) || typeof entry.name !== 'string') throw badKubeconfig(file, `${place} has no name`);
    const fields = entry[kind] ?? {};
    if (!isFields(fields)) throw badKubeconfig(file, `${place}.${kind} is no mapping`);
    if (!into.has(entry.name)) into.set(entry.name, { fields, file, folder: dirname(file) });
  });
}

function isFields(value: unknown): value is { readonly [field: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
