import type { Ending } from './campaign-script.ts';
import type { Container } from './container.ts';
import type { PodObject, PodStore } from './pod-store.ts';
import type { VirtualWorld } from './virtual-world.ts';

/** How long an unschedulable pod waits for a node. */
const UNSCHEDULABLE_MILLISECONDS = 40_000;
const SIGKILL = 137;

/** What the cluster's side of a pod is to be. */
export interface PodPlan {
  readonly ending: Ending;
  readonly seconds: number;
}

export interface KubeletParts {
  readonly world: VirtualWorld;
  readonly store: PodStore;
  readonly planOf: (pod: PodObject) => PodPlan;
  /** A new process in the pod; `exited` is told once. */
  readonly containerOf: (pod: PodObject, plan: PodPlan, exited: (exitCode: number) => void) => Container;
}

interface OwnPod {
  readonly name: string;
  readonly uid: string;
  readonly plan: PodPlan;
  container: Container | null;
  containerCount: number;
  /** What the status says of its end, where it is not the exit code alone. */
  why: { readonly reason: string; readonly isDisruption: boolean } | null;
  /** The control plane hears nothing of it any more. */
  isLost: boolean;
  isOver: boolean;
}

/** Scheduler, kubelet and garbage collector of the scripted cluster: brings pods to a node, to life and to their end. */
export class ScriptedKubelet {
  readonly #parts: KubeletParts;
  readonly #pods = new Map<string, OwnPod>();

  constructor(parts: KubeletParts) {
    this.#parts = parts;
    parts.store.listen(({ type, pod }) => {
      if (type === 'ADDED') parts.world.after(1, null, () => this.#accept(pod));
    });
  }

  /** Pods whose container runs or is about to. */
  living(): readonly string[] {
    return [...this.#pods.values()].filter(({ isOver }) => !isOver).map(({ uid }) => uid);
  }

  /** Somebody asked for the deletion of a pod. */
  deleting({ metadata, spec }: PodObject): void {
    const pod = this.#pods.get(metadata.uid);
    if (spec.nodeName === undefined || pod === undefined) this.#parts.store.remove(metadata.name, metadata.uid);
    else if (pod.container === null || pod.isOver) this.#removeSoon(pod);
    else if (!pod.isLost) this.#terminate(pod, pod.container, metadata.deletionGracePeriodSeconds ?? 30);
  }

  #terminate(pod: OwnPod, container: Container, graceSeconds: number): void {
    container.terminate();
    this.#parts.world.after(graceSeconds * 1000, null, () => pod.container?.kill(SIGKILL));
  }

  /** SIGKILL of everything in the container; `why` as the kubelet writes it. */
  kill(uid: string, why: OwnPod['why']): void {
    const pod = this.#pods.get(uid);
    if (pod === undefined || pod.isOver || pod.container === null) return;
    pod.why = why;
    pod.container.kill(SIGKILL);
  }

  evict(uid: string): void {
    this.kill(uid, { reason: 'Evicted', isDisruption: true });
  }

  runOutOfMemory(uid: string): void {
    this.kill(uid, { reason: 'OOMKilled', isDisruption: false });
  }

  /** The container's process is started again in the same pod (P17): that must do no harm where a worker claims first. */
  restartContainer(uid: string): void {
    const pod = this.#pods.get(uid);
    const shown = pod === undefined ? undefined : this.#parts.store.pods.get(pod.name);
    if (pod === undefined || shown === undefined || pod.container === null || pod.isOver) return;
    if (shown.metadata.annotations.gantry_workload === 'image') return;
    const before = pod.container;
    pod.container = null;
    before.kill(SIGKILL);
    this.#startContainer(pod, shown);
  }

  /** Its node is silent from now on; the process lives. Later the object is taken away without a word of the kubelet. */
  loseNode(uid: string, awayMilliseconds: number): void {
    const pod = this.#pods.get(uid);
    if (pod === undefined || pod.isLost) return;
    pod.isLost = true;
    this.#parts.world.after(awayMilliseconds, null, () => this.#parts.store.remove(pod.name, pod.uid));
  }

  /** `kubectl delete --force`: the object goes at once, the process when its kubelet notices. */
  forceDelete(uid: string): void {
    const pod = this.#pods.get(uid);
    if (pod === undefined) return;
    this.#parts.store.remove(pod.name, pod.uid);
    this.#parts.world.after(this.#parts.world.between('force', 100, 20_000), null, () => pod.container?.kill(SIGKILL));
  }

  #accept(shown: PodObject): void {
    const { world, store, planOf } = this.#parts;
    const { name, uid } = shown.metadata;
    if (!store.pods.has(name)) return;
    const plan = planOf(shown);
    const pod: OwnPod = {
      name,
      uid,
      plan,
      container: null,
      containerCount: 0,
      why: null,
      isLost: false,
      isOver: false,
    };
    this.#pods.set(uid, pod);
    const wait =
      plan.ending === 'unschedulable for a while' ? UNSCHEDULABLE_MILLISECONDS : world.between('schedule', 20, 2000);
    if (wait === UNSCHEDULABLE_MILLISECONDS) {
      const message = '0/1 nodes are available: 1 Insufficient cpu.';
      const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
      this.#write(pod, (present) => ({ ...present, status: { ...present.status, conditions } }));
    }
    world.after(wait, null, () => this.#bind(pod));
  }

  #bind(pod: OwnPod): void {
    const { world } = this.#parts;
    const { ending } = pod.plan;
    const bound = this.#write(pod, (present) => ({ ...present, spec: { ...present.spec, nodeName: 'node-1' } }));
    if (bound === null || bound.metadata.deletionTimestamp !== undefined) return;
    if (ending === 'refused by the node') {
      pod.isOver = true;
      const status = {
        phase: 'Failed',
        reason: 'OutOfcpu',
        message: 'Pod was rejected: Node did not have enough resource: cpu',
      };
      world.after(50, null, () => this.#write(pod, (present) => ({ ...present, status })));
    } else if (ending === 'image missing') {
      const state = { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image' } };
      world.after(200, null, () => this.#writeContainer(pod, 'Pending', state));
    } else world.after(world.between('start', 50, 4000), null, () => this.#startContainer(pod, bound));
  }

  #startContainer(pod: OwnPod, shown: PodObject): void {
    const { world, store, containerOf } = this.#parts;
    const present = store.pods.get(pod.name);
    if (pod.isOver || present?.metadata.uid !== pod.uid || present.metadata.deletionTimestamp !== undefined) return;
    pod.containerCount += 1;
    const number = pod.containerCount;
    const container = containerOf(shown, pod.plan, (exitCode) => {
      if (pod.containerCount === number && pod.container !== null) this.#exited(pod, exitCode);
    });
    pod.container = container;
    const record = store.record(pod.uid);
    if (record !== undefined) record.hasRun = true;
    container.start();
    const startedAt = store.time();
    world.after(world.between('status', 5, 800), null, () => {
      if (!pod.isOver) this.#writeContainer(pod, 'Running', { running: { startedAt } });
    });
    this.#carryOut(pod, number);
  }

  /** What happens to the container in the middle of its work. */
  #carryOut(pod: OwnPod, number: number): void {
    const { world } = this.#parts;
    const middle = Math.max(200, pod.plan.seconds * 500);
    const { ending } = pod.plan;
    if (ending === 'out of memory') world.after(middle, null, () => this.runOutOfMemory(pod.uid));
    if (ending === 'evicted') world.after(middle, null, () => this.evict(pod.uid));
    if (ending === 'container starts again' && number === 1)
      world.after(middle, null, () => this.restartContainer(pod.uid));
  }

  #exited(pod: OwnPod, exitCode: number): void {
    const { world, store } = this.#parts;
    pod.isOver = true;
    const finishedAt = store.time();
    const reason = pod.why?.isDisruption === false ? pod.why.reason : exitCode === 0 ? 'Completed' : 'Error';
    const state = { terminated: { exitCode, reason, startedAt: finishedAt, finishedAt } };
    const parts = pod.why?.isDisruption ? disruption(pod.why.reason, finishedAt) : {};
    world.after(world.between('status', 50, 1500), null, () => {
      this.#writeContainer(pod, exitCode === 0 ? 'Succeeded' : 'Failed', state, parts);
      const shown = store.pods.get(pod.name);
      if (shown?.metadata.uid === pod.uid && shown.metadata.deletionTimestamp !== undefined) this.#removeSoon(pod);
    });
  }

  #removeSoon(pod: OwnPod): void {
    pod.isOver = true;
    if (pod.isLost) return;
    this.#parts.world.after(this.#parts.world.between('removal', 20, 800), null, () => {
      if (!pod.isLost) this.#parts.store.remove(pod.name, pod.uid);
    });
  }

  #writeContainer(pod: OwnPod, phase: string, state: object, parts: object = {}): void {
    const containerStatuses = [
      { name: 'base', restartCount: Math.max(0, pod.containerCount - 1), state, lastState: {} },
    ];
    this.#write(pod, (present) => ({ ...present, status: { ...present.status, ...parts, phase, containerStatuses } }));
  }

  #write(pod: OwnPod, change: (present: PodObject) => PodObject): PodObject | null {
    return pod.isLost ? null : this.#parts.store.change(pod.name, pod.uid, change);
  }
}

function disruption(reason: string, time: string): object {
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'TerminationByKubelet',
    lastTransitionTime: time,
  };
  return { reason, conditions: [condition] };
}
