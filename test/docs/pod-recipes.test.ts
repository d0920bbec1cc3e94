import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RECIPES } from '../examples/recipes.ts';
import { blocksOf, pageText, ROOT } from './pages.ts';

const PAGE = 'docs/pod-recipes.md';

test('the page of recipes has a question for each recipe that is run, and for no other', () => {
  const linked = [...pageText(PAGE).matchAll(/^\[examples\/dags\/(\w+)\.ts\]/gm)].map(([, dagId]) => dagId);
  expect([...linked].sort()).toEqual(Object.keys(RECIPES).sort());
});

test('the template that the page shows is the example, word for word', () => {
  const shown = blocksOf('yaml').filter(({ page }) => page === PAGE);
  expect(shown.map(({ text }) => text)).toEqual([
    readFileSync(join(ROOT, 'examples/dags/templates/labelled.yaml'), 'utf8'),
  ]);
});

test.each(Object.keys(RECIPES))('what the page shows of %s is the example, word for word', (dagId) => {
  const path = `examples/dags/${dagId}.ts`;
  const section = pageText(PAGE)
    .split(/^## /m)
    .find((text) => text.includes(`\n[${path}](../${path})`));
  const shown = blocksOf('ts').filter(({ page, text }) => page === PAGE && section?.includes(text));
  expect(shown.map(({ text }) => text)).toEqual([readFileSync(join(ROOT, path), 'utf8')]);
});
