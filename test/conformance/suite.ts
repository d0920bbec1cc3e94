import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { clientPromises } from './api/client.ts';
import { deletionPromises } from './api/deletion.ts';
import { dryRunPromises } from './api/dry-run.ts';
import { listPromises } from './api/lists.ts';
import { objectPromises } from './api/objects.ts';
import { tokenPromises } from './api/tokens.ts';
import { watchPromises } from './api/watches.ts';
import { ConformanceBench } from './conformance-bench.ts';
import type { ConformancePlace, OpenedPlace } from './conformance-place.ts';
import { nodeChoicePromises } from './node/choosing-nodes.ts';
import { containerPromises } from './node/containers.ts';
import { endingPromises } from './node/endings.ts';
import { kubectlPromises } from './node/kubectl.ts';
import { logPromises } from './node/logs.ts';
import { removalPromises } from './node/removal.ts';
import { surroundingPromises } from './node/surroundings.ts';
import { volumePromises } from './node/volumes.ts';
import { waitingPromises } from './node/waiting.ts';

/**
 * What Gantry leans on of Kubernetes, written once and held by every place: the local cluster, a real API server, a
 * whole real cluster. What a place cannot be made to do is a skip with its reason in the name.
 */
export function conformanceSuite(place: ConformancePlace): void {
  describe(`Kubernetes as Gantry uses it: ${place.name}`, () => {
    let opened: OpenedPlace | null = null;
    let bench: ConformanceBench | null = null;
    beforeAll(async () => {
      opened = await place.open();
      bench = await ConformanceBench.open(opened.kubeconfig, place.image, randomUUID().slice(0, 8));
    });
    afterAll(async () => {
      await bench?.close();
      await opened?.close();
    });
    const theBench = (): ConformanceBench => bench as ConformanceBench;

    describe.runIf(place.parts.includes('api'))('the API', () => {
      const expireHistory = (): (() => void) | null => opened?.expireHistory ?? null;
      objectPromises(theBench);
      dryRunPromises(theBench);
      listPromises(theBench, place.losesHistory, expireHistory);
      watchPromises(theBench, place.losesHistory, expireHistory);
      deletionPromises(theBench);
      tokenPromises(theBench);
      clientPromises(theBench);
    });

    if (!place.parts.includes('node')) return;
    describe('the node', { timeout: 90_000 }, () => {
      endingPromises(theBench);
      surroundingPromises(theBench, place.users);
      containerPromises(theBench);
      volumePromises(theBench, place.mounts);
      waitingPromises(theBench);
      removalPromises(theBench);
      logPromises(theBench);
      kubectlPromises(theBench);
      nodeChoicePromises(theBench);
    });
  });
}
