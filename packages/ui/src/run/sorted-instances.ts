import { byGravity } from '../parts/gravity.ts';
import type { Progress } from './merged-progress.ts';

type Instance = Progress['task_instances'][number];
type Compare = (one: Instance, other: Instance) => number;

/** What has no value yet counts as the latest and the longest. */
const NEVER = Number.POSITIVE_INFINITY;

const ORDERS: Readonly<Record<string, Compare>> = {
  task_id: (one, other) => one.task_id.localeCompare(other.task_id) || one.map_index - other.map_index,
  state: (one, other) => byGravity(one.state ?? 'none', other.state ?? 'none'),
  try_number: (one, other) => one.try_number - other.try_number,
  start_date: (one, other) => timeOf(one.start_date) - timeOf(other.start_date) || 0,
  duration: (one, other) => (one.duration ?? NEVER) - (other.duration ?? NEVER) || 0,
};

/** In the order of the DAG file, or by a column; a minus in front turns it round. */
export function sortedInstances(instances: readonly Instance[], order: string | undefined): readonly Instance[] {
  const compare = ORDERS[order?.replace(/^-/, '') ?? ''];
  if (compare === undefined) return instances;
  const sorted = [...instances].sort(compare);
  return order?.startsWith('-') ? sorted.reverse() : sorted;
}

function timeOf(at: string | null): number {
  return at === null ? NEVER : Date.parse(at);
}
