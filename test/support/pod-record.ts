import { KubeClient } from '../../packages/server/src/kube/kube-client.ts';
import { loadKubeConnection } from '../../packages/server/src/kube/kube-config.ts';
import type { KubePod } from '../../packages/server/src/kube/kube-pod.ts';
import { PodWatch } from '../../packages/server/src/kube/pod-watch.ts';
import { systemClock } from '../../packages/server/src/main/system-clock.ts';
import { systemRandom } from '../../packages/server/src/main/system-random.ts';

/** Every pod that a cluster ever had while the record was kept: uids by name. It knows nothing of the scheduler. */
export class PodRecord {
  readonly uids = new Map<string, Set<string>>();
  readonly #abort = new AbortController();
  #done: Promise<void> = Promise.resolve();

  static async start(kubeconfig: string): Promise<PodRecord> {
    const record = new PodRecord();
    const connection = await loadKubeConnection({
      inCluster: false,
      configFile: kubeconfig,
      context: null,
      verifySsl: true,
      sslCaCert: null,
      environment: {},
      clock: systemClock,
    });
    const common = { clock: systemClock, random: systemRandom };
    const client = new KubeClient(connection, common);
    const watch = new PodWatch({ ...common, client, namespace: 'default', labelSelector: '' });
    await new Promise<void>((listed) => {
      const { signal } = record.#abort;
      const apply: Parameters<PodWatch['run']>[0]['apply'] = async (batch) => {
        for (const pod of batch.kind === 'list' ? batch.pods : batch.changes.map((change) => change.pod))
          record.#add(pod);
        listed();
      };
      record.#done = watch.run({ from: null, signal, apply });
    });
    return record;
  }

  /** Names of which the cluster had more than one pod. */
  get twice(): string[] {
    return [...this.uids].filter(([, uids]) => uids.size > 1).map(([name]) => name);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }

  #add({ name, uid }: KubePod): void {
    const uids = this.uids.get(name) ?? new Set();
    this.uids.set(name, uids.add(uid));
  }
}
