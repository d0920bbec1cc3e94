import type { KubePod } from '../../kube/kube-pod.ts';
import type { OpenAttempt } from '../executor.ts';
import { type FindParts, findPods } from './find-pods.ts';
import { wantedPod } from './missing-pods.ts';
import type { PodBook } from './tracked-pod.ts';
import { isWatched } from './watch-places.ts';

/**
 * Pods of open attempts in namespaces that have left `multi_namespace_mode_namespace_list` since they were launched. No
 * watch sees them, so each list of the first watch looks at them by name; where our role is gone too, a worker's attempt
 * ends by its report or its lease.
 */
export class StrayPods {
  readonly #parts: FindParts & { readonly book: PodBook };
  readonly #said = new Set<string>();

  constructor(parts: FindParts & { readonly book: PodBook }) {
    this.#parts = parts;
  }

  /** Those of the attempts' pods that are there and that no watch sees. */
  async find(open: readonly OpenAttempt[]): Promise<readonly KubePod[]> {
    const { book, options } = this.#parts;
    const wanted = open
      .map((attempt) => wantedPod(book, attempt))
      .filter(({ namespace }) => namespace !== null && !isWatched(options, namespace));
    const counts = new Map<string, number>();
    for (const { namespace } of wanted) counts.set(namespace ?? '', (counts.get(namespace ?? '') ?? 0) + 1);
    for (const [namespace, count] of counts) this.#say(namespace, count);
    const found = await findPods(this.#parts, wanted);
    return found.filter((pod) => pod !== null && pod !== 'unknown');
  }

  #say(namespace: string, count: number): void {
    if (this.#said.has(namespace)) return;
    this.#said.add(namespace);
    const sentence = `${count} open attempts have their pods in namespace ${namespace}, which pods are not launched in any more: nobody watches them there, so their ends are noticed late, or by their leases. Add the namespace to [kubernetes_executor] multi_namespace_mode_namespace_list until they are over.`;
    this.#parts.events.alarm?.({ sentence });
  }
}
