import { describe, expect, test } from 'vitest';
import { buildPod } from './build-pod.ts';
import { checkPodPolicy } from './pod-policy.ts';
import { strategicMerge } from './strategic-merge.ts';
import { testingLayers, testingOrder } from './testing-order.ts';
import { C, CASES, context, GOOD, GOOD_CONTAINER, podOf, spec } from './testing-policy-cases.ts';

describe('the pod policy', () => {
  test.each(CASES)('judges $what', (one) => {
    const refused = (policy: 'baseline' | 'restricted') => checkPodPolicy(podOf(one), policy).length > 0;
    expect({ baseline: refused('baseline'), restricted: refused('restricted') }).toEqual({
      baseline: one.refusedBy === 'baseline',
      restricted: one.refusedBy !== null,
    });
    expect(checkPodPolicy(podOf(one), 'unrestricted')).toEqual([]);
    if (one.refusedBy !== null) expect(checkPodPolicy(podOf(one), one.refusedBy)[0]?.path).toBe(one.path);
  });

  test('an unmasked /proc is refused where users are the node’s', () => {
    const one = { what: '', change: context({ procMount: 'Unmasked' }), refusedBy: 'baseline' } as const;
    expect(checkPodPolicy(podOf(one), 'baseline')[0]?.path).toBe(`${C}.procMount`);
  });

  test('ephemeral containers are judged as well', () => {
    const one = {
      change: spec({ ephemeralContainers: [{ ...GOOD_CONTAINER, securityContext: { privileged: true } }] }),
    };
    const pod = strategicMerge(GOOD, one.change, 'the case');
    expect(checkPodPolicy(pod, 'baseline').map(({ path }) => path)).toEqual([
      'spec.ephemeralContainers[0].securityContext.privileged',
    ]);
  });

  test('the pod that Gantry builds without any configuration meets the strictest policy', () => {
    expect(() => buildPod(testingOrder(), testingLayers({ policy: 'restricted' }))).not.toThrow();
  });

  test('a breach names the field, who set it and the policy', () => {
    const order = testingOrder({ spec: { volumes: [{ name: 'data', hostPath: { path: '/data' } }] } });
    expect(() => buildPod(order, testingLayers({ policy: 'baseline' }))).toThrow(
      'DAG orders, task load: spec.volumes[0].hostPath mounts a path of the node, which is not allowed. ' +
        'Set by the layer override (DAG orders, task load, podOverride). [kubernetes_executor] pod_policy is baseline.',
    );
  });
});
