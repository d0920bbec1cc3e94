import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildPod } from '../../packages/server/src/kube/pod/build-pod.ts';
import { parsePodTemplate } from '../../packages/server/src/kube/pod/pod-template.ts';
import { testingLayers, testingOrder } from '../../packages/server/src/kube/pod/testing-order.ts';
import { readConfiguration } from '../../packages/server/src/main/configuration.ts';
import { readPodRules } from '../../packages/server/src/main/pod-rules.ts';
import { blocksOf } from './pages.ts';

const blockOfPods = (language: string, words: string): string =>
  blocksOf(language).find(({ page, text }) => page === 'docs/pods.md' && text.includes(words))?.text ?? '';

test('the hook of the page on pods does what the page says', async () => {
  const home = await mkdtemp(join(tmpdir(), 'gantry-hook-'));
  try {
    await writeFile(join(home, 'hook.mjs'), blockOfPods('js', 'podMutationHook'));
    const { hook } = await readPodRules(
      readConfiguration({ GANTRY_HOME: home, GANTRY__KUBERNETES_EXECUTOR__POD_MUTATION_HOOK: 'hook.mjs' }),
    );
    const layers = testingLayers({ hook });
    const ofOrder = (settings: Parameters<typeof testingOrder>[1]) =>
      buildPod(testingOrder(null, settings), layers).pod;
    expect(ofOrder({ dagId: 'weather_report', queue: 'nightly' })).toMatchObject({
      metadata: { labels: { 'cost-centre': '4711' } },
      spec: { priorityClassName: 'low' },
    });
    expect(ofOrder({ dagId: 'orders' })).toMatchObject({ metadata: { labels: { 'cost-centre': '4712' } } });
  } finally {
    await rm(home, { recursive: true });
  }
});

test('the template of the page on pods has no finding', () => {
  const text = blockOfPods('yaml', 'name: template');
  expect(text).not.toBe('');
  expect(parsePodTemplate(Buffer.from(text), 'pod.yaml').warnings).toEqual([]);
});
