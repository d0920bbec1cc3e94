import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findKubectl, kubectl } from '../../../../../test/support/kubectl.ts';
import { realKubeconfig } from '../../../../../test/support/real-kube.ts';
import { EXECUTOR_VERBS, RealNamespaces } from '../../../../../test/support/real-namespaces.ts';
import { noJitter, realClock } from '../../../../../test/support/scripted-kube-api.ts';
import { KubeClient } from '../../kube/kube-client.ts';
import { buildPod } from '../../kube/pod/build-pod.ts';
import { podOfShape } from '../../kube/pod/pod-shape.ts';
import { testingOrder } from '../../kube/pod/testing-order.ts';
import type { StoredPodShape } from '../executor.ts';
import { OrderPods } from './order-pods.ts';
import { testingOptions } from './testing-orders.ts';

const KUBECONFIG = realKubeconfig('stored pods are not compared with those of a real API server');
const KUBECTL = findKubectl();

describe.skipIf(KUBECONFIG === null || KUBECTL === null)('a pod on a real API server', () => {
  let namespaces: RealNamespaces;
  let client: KubeClient;

  beforeAll(async () => {
    namespaces = await RealNamespaces.open(KUBECONFIG!, 1);
    await namespaces.grant(namespaces.names[0]!, EXECUTOR_VERBS);
    client = new KubeClient(namespaces.connection, { clock: realClock, random: noJitter });
  });
  afterAll(async () => {
    client?.close();
    await namespaces?.drop();
  });

  test('is the one that explain shows and the one that is stored: the server only adds to it', async () => {
    const namespace = namespaces.names[0]!;
    const shapes: StoredPodShape[] = [];
    const ledger = { storePodShapes: async (told: readonly StoredPodShape[]) => void shapes.push(...told) };
    const pods = new OrderPods({ options: testingOptions({ namespace }), clock: realClock, ledger });
    const order = testingOrder({
      metadata: { labels: { team: 'data' }, annotations: { 'example.com/a.b': 'c' } },
      spec: {
        initContainers: [{ name: 'clock', image: 'busybox:1.37', restartPolicy: 'Always' }],
        containers: [
          { name: 'base', env: [{ name: 'LEVEL', value: 'info' }], resources: { limits: { memory: '1Gi' } } },
          { name: 'side', image: 'busybox:1.37', ports: [{ containerPort: 53, protocol: 'UDP' }] },
        ],
        volumes: [{ name: 'scratch', emptyDir: {} }],
        tolerations: [{ key: 'dedicated', operator: 'Exists' }],
        terminationGracePeriodSeconds: 0,
      },
    });
    const { name, body } = await pods.render(order);
    expect((await client.createPod(namespace, body)).kind).toBe('created');
    const explained = buildPod(order, await pods.layers(order)).pod;
    expect(JSON.stringify(explained)).toBe(body);
    expect(JSON.stringify(podOfShape(shapes[0]!, order))).toBe(body);
    const answer = await kubectl(KUBECTL!, KUBECONFIG!, ['get', 'pod', name, '-n', namespace, '-o', 'json']);
    const { tolerations, ...spec } = explained.spec as { readonly [field: string]: unknown };
    const seen = JSON.parse(answer.stdout);
    expect(seen.metadata).toMatchObject(explained.metadata as object);
    expect(seen.spec).toMatchObject(spec);
    // Admission adds tolerations of its own behind ours.
    expect(seen.spec.tolerations).toEqual(expect.arrayContaining(tolerations as unknown[]));
  });
});
