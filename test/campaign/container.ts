/** What runs in a pod, as the kubelet handles it. */
export interface Container {
  start(): void;
  /** SIGTERM. */
  terminate(): void;
  /** SIGKILL; its end is told as the kubelet sees it. */
  kill(exitCode: number): void;
}
