import type { PodWatchEvent } from '../../kube/pod-watch-event.ts';

/** What the executor tells logs, metrics and tests. Nothing here is needed for correctness. */
export interface KubernetesEvents {
  /** A pod was created, or found to exist already. */
  launched: (event: { readonly attemptId: string; readonly name: string; readonly existed: boolean }) => void;
  /** Creating a pod is tried again after `delayMilliseconds`. */
  putOff: (event: {
    readonly attemptId: string;
    readonly sentence: string;
    readonly delayMilliseconds: number;
  }) => void;
  /** A pod was deleted, or was gone already. */
  removed: (event: { readonly attemptId: string; readonly name: string }) => void;
  /** A pod with our label that cannot be read; told once a pod (I26). */
  setAside: (event: { readonly name: string; readonly sentence: string }) => void;
  /** An open attempt has no pod any more. */
  vanished: (event: { readonly attemptId: string; readonly name: string }) => void;
  /** The lead of the watch was taken or lost. */
  lead: (event: { readonly watchId: string; readonly epoch: number | null }) => void;
  watch: (event: PodWatchEvent) => void;
  /** Something a person should look at. */
  alarm: (event: { readonly sentence: string }) => void;
  /** Something failed that is tried again by itself. */
  trouble: (event: { readonly what: string; readonly error: unknown }) => void;
}
