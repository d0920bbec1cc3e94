import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ROOT } from '../house/source-files.ts';

const PAGE = join(ROOT, 'packages/server/dist/page');
const MOST_KILOBYTES = 250;

test(`what a browser loads before it shows the first page is at most ${MOST_KILOBYTES} kB`, () => {
  const index = readFileSync(join(PAGE, 'index.html'), 'utf8');
  const files = [...index.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
  expect(files.some((path) => path.endsWith('.js'))).toBe(true);
  expect(files.some((path) => path.endsWith('.css'))).toBe(true);
  const bytes = files.map((path) => gzipSync(readFileSync(join(PAGE, path)), { level: 9 }).length);
  expect(bytes.reduce((sum, each) => sum + each, index.length) / 1000).toBeLessThanOrEqual(MOST_KILOBYTES);
});
