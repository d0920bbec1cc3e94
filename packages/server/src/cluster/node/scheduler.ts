import { bindPod } from '../api/bind-pod.ts';
import { withCondition } from '../api/deletion.ts';
import { kubernetesTime } from '../api/kubernetes-object.ts';
import type { ObjectStore } from '../api/object-store.ts';
import { NODE_NAME } from '../local-cluster-options.ts';
import { isTerminal, type Pod } from '../pod.ts';
import type { EventRecorder } from './event-recorder.ts';
import { misfits, type Room, requestsOf, unschedulableMessage } from './node-fit.ts';
import { nodeRefusal } from './node-match.ts';

/** Binds waiting pods to the one node, oldest of the highest priority first, as long as there is room. */
export class Scheduler {
  readonly #store: ObjectStore;
  readonly #recorder: EventRecorder;
  readonly #all: Room;
  readonly #now: () => number;
  readonly #waiting = new Set<string>();
  /** What each bound pod that has not ended takes, by `namespace/name`. */
  readonly #taken = new Map<string, Room>();
  #cordoned = false;

  constructor(store: ObjectStore, recorder: EventRecorder, all: Room, now: () => number) {
    this.#store = store;
    this.#recorder = recorder;
    this.#all = all;
    this.#now = now;
  }

  /** While cordoned (the node is lost or stopped) nothing new is bound. */
  set cordoned(value: boolean) {
    this.#cordoned = value;
  }

  /** Notes a pod's new state; `scheduleOnce` then decides. */
  note(pod: Pod): void {
    const key = keyOf(pod);
    if (pod.spec.nodeName === undefined && pod.spec.schedulerName === 'default-scheduler') this.#waiting.add(key);
    else this.#waiting.delete(key);
    if (pod.spec.nodeName === NODE_NAME && !isTerminal(pod)) this.#taken.set(key, requestsOf(pod));
    else this.#taken.delete(key);
  }

  forget(pod: Pod): void {
    this.#waiting.delete(keyOf(pod));
    this.#taken.delete(keyOf(pod));
  }

  /** Tries every waiting pod once. */
  scheduleOnce(): void {
    if (this.#waiting.size === 0 || this.#cordoned) return;
    let used = this.#used();
    for (const pod of this.#queue()) {
      const asked = requestsOf(pod);
      const why = this.#obstacle(pod, asked, used);
      if (why === null) {
        this.#bind(pod, asked);
        used = sum(used, asked);
      } else this.#refuse(pod, why);
    }
  }

  #queue(): readonly Pod[] {
    const pods = [...this.#waiting].flatMap((key) => {
      const [namespace = '', name = ''] = key.split('/');
      const pod = this.#store.get('pods', namespace, name) as Pod | undefined;
      return pod === undefined ? [] : [pod];
    });
    // A stable sort: pods of the same priority stay in the order of their arrival.
    return pods.sort((one, other) => Number(other.spec.priority ?? 0) - Number(one.spec.priority ?? 0));
  }

  #used(): Room {
    return [...this.#taken.values()].reduce(sum, { cpu: 0, memoryBytes: 0, pods: 0 });
  }

  #obstacle(pod: Pod, asked: Room, used: Room): { readonly reason: string; readonly message: string } | null {
    if ((pod.spec.schedulingGates ?? []).length > 0) {
      return { reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' };
    }
    const claim = this.#missingClaim(pod);
    if (claim !== null)
      return {
        reason: 'Unschedulable',
        message: `0/1 nodes are available: persistentvolumeclaim "${claim}" not found. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.`,
      };
    const node = this.#store.get('nodes', null, NODE_NAME);
    if (node === undefined) return { reason: 'Unschedulable', message: 'no nodes available to schedule pods' };
    const refusal = nodeRefusal(pod, node);
    if (refusal !== null) return { reason: 'Unschedulable', message: unschedulableMessage([refusal], false) };
    const reasons = misfits(asked, used, this.#all);
    if (reasons.length === 0) return null;
    const everFits = misfits(asked, { cpu: 0, memoryBytes: 0, pods: 0 }, this.#all).length === 0;
    return { reason: 'Unschedulable', message: unschedulableMessage(reasons, everFits) };
  }

  #missingClaim(pod: Pod): string | null {
    for (const { persistentVolumeClaim: claim } of pod.spec.volumes ?? []) {
      if (
        claim &&
        this.#store.get('persistentvolumeclaims', pod.metadata.namespace ?? null, claim.claimName) === undefined
      )
        return claim.claimName;
    }
    return null;
  }

  #bind(pod: Pod, asked: Room): void {
    this.#waiting.delete(keyOf(pod));
    this.#taken.set(keyOf(pod), asked);
    bindPod(this.#store, pod, NODE_NAME, this.#now());
    const { namespace, name } = pod.metadata;
    this.#recorder.record(
      pod,
      'Normal',
      'Scheduled',
      `Successfully assigned ${namespace}/${name} to ${NODE_NAME}`,
      'default-scheduler',
    );
  }

  #refuse(pod: Pod, why: { readonly reason: string; readonly message: string }): void {
    const known = pod.status.conditions?.find((one) => one.type === 'PodScheduled');
    if (known?.reason === why.reason && known.message === why.message) return;
    const time = known?.status === 'False' ? known.lastTransitionTime : kubernetesTime(this.#now());
    const condition = { type: 'PodScheduled', status: 'False', lastProbeTime: null, lastTransitionTime: time, ...why };
    this.#store.update('pods', withCondition(pod, condition));
    if (why.reason === 'Unschedulable')
      this.#recorder.record(pod, 'Warning', 'FailedScheduling', why.message, 'default-scheduler');
  }
}

function keyOf(pod: Pod): string {
  return `${pod.metadata.namespace}/${pod.metadata.name}`;
}

function sum(one: Room, other: Room): Room {
  return { cpu: one.cpu + other.cpu, memoryBytes: one.memoryBytes + other.memoryBytes, pods: one.pods + other.pods };
}
