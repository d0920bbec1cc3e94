import { describe } from 'vitest';
import { conformanceSuite } from './suite.ts';

const kubeconfig = process.env.GANTRY_TEST_KUBECONFIG;
if (kubeconfig) {
  conformanceSuite({
    name: 'the API server of GANTRY_TEST_KUBECONFIG',
    parts: ['api'],
    image: 'busybox:1',
    losesHistory: false,
    users: false,
    mounts: false,
    open: async () => ({ kubeconfig, expireHistory: null, close: async () => undefined }),
  });
} else {
  const why = 'GANTRY_TEST_KUBECONFIG is not set';
  console.log(`Skipped: the promises of the Kubernetes API are not checked on a real API server, since ${why}.`);
  describe.skip(`Kubernetes as Gantry uses it: a real API server (${why})`, () => undefined);
}
