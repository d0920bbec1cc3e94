/** The task instances that an action starts from. */
export interface InstanceTarget {
  readonly dagId: string;
  readonly runId: string;
  readonly taskId: string;
  /** Null: every instance of a mapped task. */
  readonly mapIndex: number | null;
}

export function targetName({ taskId, mapIndex }: InstanceTarget): string {
  return mapIndex === null || mapIndex < 0 ? taskId : `${taskId} [${mapIndex}]`;
}
