import { openLocalCluster } from './open-local-cluster.ts';
import { conformanceSuite } from './suite.ts';

conformanceSuite({
  name: 'the local cluster',
  parts: ['api', 'node'],
  image: 'localhost/node:20',
  losesHistory: true,
  users: process.getuid?.() === 0,
  mounts: true,
  open: () => openLocalCluster({ users: 'kept' }),
});

conformanceSuite({
  name: 'the local cluster without the help of the system',
  parts: ['node'],
  image: 'localhost/node:20',
  losesHistory: true,
  users: false,
  mounts: false,
  open: () => openLocalCluster({ volumes: 'rewrite', memoryLimits: 'polling' }),
});
