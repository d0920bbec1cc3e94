/** An end of an edge: a task, or a group for all its first or last tasks. Ids are whole, with the groups in front. */
export interface Place {
  readonly kind: 'task' | 'group';
  readonly id: string;
}

/** `from` comes before `to`. */
export interface Edge {
  readonly from: Place;
  readonly to: Place;
}
