import { describe } from 'vitest';
import { conformanceSuite } from './suite.ts';

const kubeconfig = process.env.GANTRY_TEST_CLUSTER_KUBECONFIG;
if (kubeconfig) {
  conformanceSuite({
    name: 'the cluster of GANTRY_TEST_CLUSTER_KUBECONFIG',
    parts: ['api', 'node'],
    image: process.env.GANTRY_TEST_CLUSTER_IMAGE ?? 'localhost/node:20',
    losesHistory: false,
    users: true,
    mounts: true,
    open: async () => ({ kubeconfig, expireHistory: null, close: async () => undefined }),
  });
} else {
  const why = 'GANTRY_TEST_CLUSTER_KUBECONFIG is not set';
  console.log(`Skipped: pods are not checked on a real cluster, since ${why}.`);
  describe.skip(`Kubernetes as Gantry uses it: a real cluster (${why})`, () => undefined);
}
