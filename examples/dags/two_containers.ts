import { setTimeout as wait } from 'node:timers/promises';
import { dag, type PodOverride, task } from '@gantry/sdk';

/** The first process of a container ignores SIGTERM unless it says otherwise, and is killed only after the grace. */
const SERVER = `
  const server = require('http').createServer((request, response) => {
    response.end(decodeURIComponent(request.url.slice(1)).toUpperCase());
  });
  process.on('SIGTERM', () => process.exit());
  server.listen(process.env.PORT, '127.0.0.1');
`;

/** Two containers side by side share the network: each finds the other on localhost. Gantry ends the second one. */
const WITH_SERVER: PodOverride = {
  spec: {
    containers: [
      { name: 'base', env: [{ name: 'PORT', value: '18377' }] },
      {
        name: 'server',
        image: 'node:20',
        command: ['node', '-e', SERVER],
        env: [{ name: 'PORT', value: '18377' }],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
};

const ask = task(
  'ask',
  { executorConfig: { podOverride: WITH_SERVER }, executionTimeout: '2m' },
  async (_, context) => {
    const { PORT } = process.env;
    if (PORT === undefined) throw new Error('PORT is not set: this task needs a pod, so an executor of pods.');
    for (;;) {
      try {
        return await (await fetch(`http://127.0.0.1:${PORT}/is%20anybody%20there`)).text();
      } catch {
        // The containers of a pod start in no order.
        await wait(100, undefined, { signal: context.signal });
      }
    }
  },
);

export const twoContainers = dag(
  'two_containers',
  { description: 'A task that talks to a server in a second container of its pod.', tags: ['example', 'pods'] },
  () => {
    ask();
  },
);
