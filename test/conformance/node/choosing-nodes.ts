import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesObject, Loose } from '../../../packages/server/src/cluster/api/kubernetes-object.ts';
import type { Pod } from '../../../packages/server/src/cluster/pod.ts';
import { type ConformanceBench, expectCode, words } from '../conformance-bench.ts';
import { type KubeAnswer, namesOf } from '../kube-session.ts';

const TAINT = 'gantry.dev/conformance';
const UNWANTED = "node(s) didn't match Pod's node affinity/selector";
/** The recipes of pods may taint the node beside us; who waits for the other must not be waited for. */
const FOR_THE_RECIPES = { key: 'dedicated', operator: 'Exists' };

/**
 * How a node is chosen: by its labels, its taints and its cordon. These tests change the node that others run on, so they
 * run one after the other and give it back as it was.
 */
export function nodeChoicePromises(bench: () => ConformanceBench): void {
  let node = '';
  /** Names this run alone uses. */
  const label = (): string => `gantry.dev/${bench().namespace}`;

  async function theNode(): Promise<KubernetesObject> {
    const { body } = await expectCode(200, bench().session.send('GET', `/api/v1/nodes/${node}`));
    return body as unknown as KubernetesObject;
  }
  function patch(body: Loose): Promise<KubeAnswer> {
    const contentType = 'application/strategic-merge-patch+json';
    return bench().session.send('PATCH', `/api/v1/nodes/${node}`, { body, contentType });
  }
  const setLabel = (value: string | null) => expectCode(200, patch({ metadata: { labels: { [label()]: value } } }));

  /** Gives our taint this effect, or takes it away. The list is one value, so it is not written over a newer one. */
  async function taint(effect: string | null): Promise<void> {
    await bench().eventually('our taint is written', async () => {
      const { metadata, spec } = await theNode();
      const { taints = [] } = spec as { readonly taints?: readonly { readonly key: string }[] };
      const others = taints.filter(({ key }) => key !== TAINT);
      const wanted = effect === null ? others : [...others, { key: TAINT, value: 'yes', effect }];
      const { resourceVersion } = metadata;
      return (await patch({ metadata: { resourceVersion }, spec: { taints: wanted } })).code === 200;
    });
  }
  const cordon = (is: boolean) => expectCode(200, patch({ spec: { unschedulable: is ? true : null } }));

  /** Creates a pod for the labelled node alone. */
  async function forTheNode(word: string, tolerations: readonly Loose[] = [], changes: Loose = {}): Promise<string> {
    const { create, pod, name } = words(bench());
    const one = name(word);
    const spec = { nodeSelector: { [label()]: '5' }, tolerations: [...tolerations, FOR_THE_RECIPES], ...changes };
    await create(pod(one, spec));
    return one;
  }

  const scheduled = (pod: Pod) => pod.status.conditions?.find(({ type }) => type === 'PodScheduled');
  /** Waits for the words: what else befalls the node meanwhile, by whomever, passes. */
  const waitsWith = async (name: string, message: string) => {
    const waiting = await bench().when(name, `waits with ${message}`, (pod) =>
      Boolean(scheduled(pod)?.message?.includes(message)),
    );
    expect(scheduled(waiting)).toMatchObject({ status: 'False', reason: 'Unschedulable' });
  };
  /**
   * A pod that the node's new state keeps waiting. A real scheduler hears of that state a little later than we do, so a
   * pod or two may still get by.
   */
  async function refused(word: string, message: string, tolerations: readonly Loose[] = []): Promise<string> {
    for (let tries = 0; tries < 10; tries += 1) {
      const one = await forTheNode(word, tolerations);
      const seen = await bench().when(one, `waits with ${message}`, (pod) => {
        return pod.status.phase === 'Succeeded' || Boolean(scheduled(pod)?.message?.includes(message));
      });
      if (seen.status.phase !== 'Succeeded') return one;
    }
    throw new Error(`Ten pods ran though they were expected to wait with "${message}".`);
  }
  const runs = async (name: string) => {
    const pod = await bench().when(name, 'has succeeded', ({ status }) => status.phase === 'Succeeded');
    expect(pod.spec.nodeName).toBe(node);
  };

  describe('the choice of a node', () => {
    beforeAll(async () => {
      const { body } = await expectCode(200, bench().session.send('GET', '/api/v1/nodes'));
      node = namesOf(body)[0]!;
    });
    afterAll(async () => {
      if (node === '') return;
      await setLabel(null);
      await taint(null);
      await cordon(false);
    });

    it('a pod waits until a node has the labels of its selector', async () => {
      await setLabel('4');
      const one = await refused('selects', UNWANTED);
      await setLabel('5');
      await runs(one);
    });

    it('a taint keeps off the pods that do not tolerate it, until it goes', async () => {
      await taint('NoSchedule');
      try {
        const message = 'node(s) had untolerated taint(s)';
        const bare = await refused('bare', message);
        const no = { key: TAINT, operator: 'Equal', value: 'no', effect: 'NoSchedule' };
        const other = await refused('other', message, [no]);
        await runs(await forTheNode('equal', [{ key: TAINT, value: 'yes', effect: 'NoSchedule' }]));
        await runs(await forTheNode('exists', [{ key: TAINT, operator: 'Exists' }]));
        await runs(await forTheNode('every', [{ operator: 'Exists' }]));
        await taint(null);
        await runs(bare);
        await runs(other);
      } finally {
        await taint(null);
      }
    });

    it('a taint that only prefers keeps nobody off', async () => {
      await taint('PreferNoSchedule');
      try {
        await runs(await forTheNode('preferred'));
      } finally {
        await taint(null);
      }
    });

    it('a cordoned node takes no pod but one that tolerates that, until it is uncordoned', async () => {
      await cordon(true);
      try {
        const bare = await refused('bare', 'node(s) were unschedulable');
        await runs(await forTheNode('daring', [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }]));
        await cordon(false);
        await runs(bare);
      } finally {
        await cordon(false);
      }
    });

    it.each([
      [
        'an effect nobody knows',
        { key: TAINT, effect: 'NoExecut' },
        /Unsupported value: "NoExecut": supported values: /,
      ],
      ['no effect', { key: TAINT }, /metadata\.taints\[\d\]\.effect: Required value/],
    ])('a taint with %s is refused', async (_what, wrong, message) => {
      expect(await patch({ spec: { taints: [wrong] } })).toMatchObject({
        code: 422,
        body: { message: expect.stringMatching(message) },
      });
    });

    it('required affinity wants one of its terms to hold in full', async () => {
      const key = label();
      const affinity = (...nodeSelectorTerms: readonly Loose[]) => ({
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
      });
      const asks = (operator: string, ...values: readonly string[]) => ({ key, operator, values });
      const met = [
        affinity({ matchExpressions: [asks('In', '4', '5'), asks('NotIn', '6'), asks('Exists'), asks('Gt', '4')] }),
        affinity({ matchExpressions: [asks('DoesNotExist')] }, { matchExpressions: [asks('Lt', '10')] }),
        affinity({ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }),
      ];
      const unmet = [
        affinity({ matchExpressions: [asks('In', '5'), asks('Gt', '5')] }),
        affinity({ matchExpressions: [{ key: `${key}-not`, operator: 'Exists' }] }),
        affinity({ matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: [node] }] }),
      ];
      const waiting = await Promise.all(unmet.map((changes) => forTheNode('unmet', [], changes)));
      const running = await Promise.all(met.map((changes) => forTheNode('met', [], changes)));
      for (const one of running) await runs(one);
      for (const one of waiting) await waitsWith(one, UNWANTED);
    });
  });
}
