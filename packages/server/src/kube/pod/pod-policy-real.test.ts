import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findKubectl } from '../../../../../test/support/kubectl.ts';
import { realKubeconfig } from '../../../../../test/support/real-kube.ts';
import { checkPodPolicy } from './pod-policy.ts';
import { CASES, podOf, RANDOM_PODS } from './testing-policy-cases.ts';

const KUBECONFIG = realKubeconfig('the pod policy is not compared with Pod Security Admission');
const KUBECTL = KUBECONFIG === null ? null : findKubectl();

describe.skipIf(KUBECTL === null)('Pod Security Admission of a real API server', () => {
  const kubectl = (args: readonly string[], input?: string): { readonly ok: boolean; readonly said: string } => {
    try {
      const options = { input, encoding: 'utf8' as const, stdio: ['pipe', 'pipe', 'pipe'] as ['pipe', 'pipe', 'pipe'] };
      return { ok: true, said: execFileSync(KUBECTL ?? '', ['--kubeconfig', KUBECONFIG!, ...args], options) };
    } catch (error) {
      return { ok: false, said: String((error as { stderr?: unknown }).stderr) };
    }
  };
  const names = { baseline: `policy-baseline-${process.pid}`, restricted: `policy-restricted-${process.pid}` };

  beforeAll(() => {
    for (const [policy, name] of Object.entries(names)) {
      kubectl(['create', 'namespace', name]);
      kubectl(['label', 'namespace', name, `pod-security.kubernetes.io/enforce=${policy}`]);
      kubectl(['create', 'serviceaccount', 'default', '-n', name]);
    }
  });

  afterAll(() => {
    for (const name of Object.values(names)) kubectl(['delete', 'namespace', name, '--wait=false']);
  });

  test.each(CASES)('refuses exactly what the policy refuses: $what', (one) => {
    for (const policy of ['baseline', 'restricted'] as const) {
      const args = ['create', '-n', names[policy], '--dry-run=server', '--validate=strict', '-f', '-'];
      const { ok, said } = kubectl(args, JSON.stringify(podOf(one)));
      expect(ok || said).toEqual(
        checkPodPolicy(podOf(one), policy).length === 0 ? true : expect.stringContaining('violates PodSecurity'),
      );
    }
  });

  test('refuses exactly what the policy refuses of 300 random pods', { timeout: 60_000 }, () => {
    const pods = fc.sample(RANDOM_PODS, { numRuns: 300, seed: 20260716 });
    const items = pods.map((one, index) => ({ ...one, metadata: { name: `random-${index}` } }));
    for (const policy of ['baseline', 'restricted'] as const) {
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
      const { said } = kubectl(['create', '-n', names[policy], '--dry-run=server', '-f', '-'], list);
      const verdicts = pods.map((_, index) => {
        const line = said.split('\n').find((one) => one.includes(`"random-${index}"`)) ?? '';
        return line.includes(' is invalid') ? null : line.includes('violates PodSecurity');
      });
      const judged = verdicts.flatMap((refused, index) => (refused === null ? [] : [{ index, refused }]));
      expect(judged).toEqual(
        judged.map(({ index }) => ({ index, refused: checkPodPolicy(pods[index]!, policy).length > 0 })),
      );
      expect(judged.length).toBeGreaterThan(100);
      for (const kind of [true, false])
        expect(judged.filter(({ refused }) => refused === kind).length).toBeGreaterThan(20);
    }
  });
});
