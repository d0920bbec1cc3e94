import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** A node of the ESTree that the parser gives; only what the checks read. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly program: Node;
  /** Module specifiers that it imports or re-exports, types included. */
  readonly imports: readonly { readonly from: string; readonly names: readonly string[] }[];
}

/** Files under a folder that end in one of the extensions, without what is built or installed. */
export function filesUnder(folder: string, extensions: readonly string[]): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    if (['node_modules', 'dist', 'fixtures', '.git', '.gantry'].includes(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...filesUnder(path, extensions));
    else if (extensions.some((extension) => entry.name.endsWith(extension))) found.push(path);
  }
  return found.sort();
}

/** Every source file of the packages; tests and test doubles are told apart by `isTest`. */
export function sourceFiles(): SourceFile[] {
  return ['packages/sdk/src', 'packages/server/src', 'packages/ui/src']
    .filter((folder) => statSync(join(ROOT, folder), { throwIfNoEntry: false }) !== undefined)
    .flatMap((folder) => filesUnder(folder, ['.ts', '.tsx']))
    .map(readSource);
}

export function readSource(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const { program } = parseSync(path, text) as unknown as { program: Node };
  const kinds = ['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression'];
  const imports = walk(program)
    .filter((node) => kinds.includes(node.type))
    .flatMap((node) => {
      const source = node.source as (Node & { value?: unknown }) | null | undefined;
      if (source === null || source === undefined || typeof source.value !== 'string') return [];
      return [{ from: source.value, names: importedNames(node) }];
    });
  return { path, text, lines: text.split('\n').length - 1, program, imports };
}

/** Tables that a script wrote: nobody reads or edits them by hand. */
export function isGenerated({ text }: SourceFile): boolean {
  return text.startsWith('// Written by scripts/');
}

/** Tests, and doubles that only tests import. */
export function isTest(path: string): boolean {
  return /\.(test|suite|test-d)\.tsx?$/.test(path) || /\/(scripted|testing)-[^/]*\.ts$/.test(path);
}

function importedNames(node: Node): string[] {
  if (node.type === 'ExportAllDeclaration' || node.type === 'ImportExpression') return ['*'];
  const specifiers = (node.specifiers ?? []) as Node[];
  return specifiers.map((specifier) => {
    // An import says what it takes by `imported`, a re-export by `local`.
    const name = (specifier.imported ?? specifier.local) as { name?: string } | undefined;
    return specifier.type === 'ImportNamespaceSpecifier' ? '*' : (name?.name ?? '*');
  });
}

/** Every node below and including `node`, parents first. */
export function walk(node: Node): Node[] {
  const nodes: Node[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      if (typeof (value as Node).type === 'string') nodes.push(value as Node);
      for (const [key, child] of Object.entries(value)) if (key !== 'parent') visit(child);
    }
  };
  visit(node);
  return nodes;
}

/** The file that a relative import means, from the root. */
export function resolveImport(file: string, from: string): string {
  return relative(ROOT, resolve(ROOT, dirname(file), from)).replaceAll('\\', '/');
}
