/** How long a pod may wait to start, by cause. */
export interface PendingPatience {
  /**
   * Container waiting reasons that fail at once (`worker_pod_pending_fatal_container_state_reasons`), besides those
   * that can never heal.
   */
  readonly fatalReasons: readonly string[];
  /** P12, default 300: images that cannot be pulled. */
  readonly imageSeconds: number;
  /** P13, default 120: containers that cannot be created. */
  readonly configurationSeconds: number;
}

export const DEFAULT_PATIENCE: PendingPatience = { fatalReasons: [], imageSeconds: 300, configurationSeconds: 120 };
