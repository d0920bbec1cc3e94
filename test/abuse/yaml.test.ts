import { expect, test } from 'vitest';
import { readPodTemplate } from '../../packages/server/src/kube/pod/pod-template.ts';

const GOOD = 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: base\n      image: x\n';

test.each([
  ['a function', 'metadata: {labels: {a: !!js/function "function () {}"}}\n'],
  ['a tag of its own', 'metadata: {labels: {a: !exec "id"}}\n'],
  ['bytes', 'metadata: {labels: {a: !!binary "AAAA"}}\n'],
  ['a second document', `---\n${GOOD}`],
])('a template with %s is refused [A15]', (_what, text) => {
  const { template, problems } = readPodTemplate(Buffer.from(`${GOOD}${text}`), 'pod.yaml');
  expect(template).toBeNull();
  expect(problems.length).toBeGreaterThan(0);
});
