import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { yamlLines } from './yaml-lines.ts';

const POD = {
  apiVersion: 'v1',
  metadata: { annotations: { 'example.org/a': 'yes', empty: '', colon: 'a: b', run: '2026-03-01T06:00:00+00:00' } },
  spec: {
    containers: [
      { name: 'base', args: ['node', '-e', '1'], env: [{ name: 'A', value: 'true' }], resources: {} },
      { name: 'side', ports: [{ containerPort: 80 }], text: 'two\nlines', image: 'registry:5000/a/b:1@sha256:ff' },
    ],
    tolerations: [],
    nested: [
      [1, 2],
      [null, 1.5, false],
    ],
  },
};

test('what is written is read by YAML as the same', () => {
  const text = yamlLines(POD)
    .map((line) => line.text)
    .join('\n');
  expect(parse(text)).toEqual(POD);
  expect(text).toContain('image: registry:5000/a/b:1@sha256:ff');
});

test('each line knows its field', () => {
  const paths = new Map(yamlLines(POD).map(({ text, path }) => [text.trim(), path]));
  expect(paths.get('- name: side')).toBe('spec.containers[1].name');
  expect(paths.get('- "-e"')).toBe('spec.containers[0].args[1]');
  expect(paths.get('- containerPort: 80')).toBe('spec.containers[1].ports[0].containerPort');
});
