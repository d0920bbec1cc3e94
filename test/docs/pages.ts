import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  /** Of the fence, from 1. */
  readonly line: number;
  readonly text: string;
}

/** Every Markdown page a reader finds, by path from the root. */
export function pagePaths(): readonly string[] {
  const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...pages.sort().map((name) => `docs/${name}`)];
}

export function pageText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The fenced blocks of one language on all pages. */
export function blocksOf(language: string): readonly Block[] {
  return pagePaths().flatMap((page) => {
    const text = pageText(page);
    return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
      .filter((match) => match[1] === language)
      .map((match) => ({ page, line: lineOf(text, match.index), text: match[2] ?? '' }));
  });
}

/** The text of a page without its fenced blocks; lines stay where they are. */
export function prose(path: string): string {
  return pageText(path).replace(/^```[\s\S]*?^```$/gm, (block) => block.replace(/[^\n]/g, ''));
}

/** `code` of a page's prose, with its line. */
export function inlineCode(path: string): readonly { readonly code: string; readonly line: number }[] {
  const text = prose(path);
  return [...text.matchAll(/`([^`\n]+)`/g)].map((match) => ({ code: match[1] ?? '', line: lineOf(text, match.index) }));
}

export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
