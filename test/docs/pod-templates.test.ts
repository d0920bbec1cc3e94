import { expect, test } from 'vitest';
import { problemLine, readPodTemplate } from '../../packages/server/src/kube/pod/pod-template.ts';
import { KUBERNETES_VERSION } from '../../packages/server/src/kube/pod/schema/pod-types.ts';
import { pageText } from './pages.ts';

const PAGE = pageText('docs/pod-templates.md');

test('the page about pod templates shows the lines that its example gives', () => {
  const template = /^```yaml template\n([\s\S]*?)^```$/m.exec(PAGE)![1]!;
  const lines = /^```text\n([\s\S]*?)^```$/m.exec(PAGE)![1]!;
  const { problems } = readPodTemplate(Buffer.from(template), 'large.yaml');
  expect(problems.map((problem) => `${problemLine(problem, 'large.yaml')}\n`).join('')).toBe(lines);
});

test('the page about pod templates names the Kubernetes version whose fields are known', () => {
  const named = [...PAGE.matchAll(/Kubernetes (\d+\.\d+)/g)].map((match) => match[1]);
  expect(new Set(named)).toEqual(new Set([KUBERNETES_VERSION]));
});
