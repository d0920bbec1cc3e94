import type { Upstreams } from './resolve-edges.ts';

/** A cycle as ids in the order they would run, the first repeated at the end; null when there is none. */
export function findCycle(upstreams: Upstreams): readonly string[] | null {
  const done = new Set<string>();
  for (const start of upstreams.keys()) {
    const cycle = cycleFrom(start, upstreams, done);
    if (cycle !== null) return cycle;
  }
  return null;
}

/** Depth first with a stack of its own: a chain of 10,000 tasks would overflow the engine's. */
function cycleFrom(start: string, upstreams: Upstreams, done: Set<string>): readonly string[] | null {
  const path: string[] = [];
  const onPath = new Set<string>();
  const pending: Iterator<string>[] = [];
  const enter = (taskId: string): void => {
    path.push(taskId);
    onPath.add(taskId);
    pending.push((upstreams.get(taskId) ?? new Set<string>()).values());
  };
  if (!done.has(start)) enter(start);
  while (pending.length > 0) {
    const next = pending.at(-1)!.next();
    if (next.done) {
      pending.pop();
      const left = path.pop()!;
      onPath.delete(left);
      done.add(left);
    } else if (onPath.has(next.value)) {
      return [...path.slice(path.indexOf(next.value)), next.value].reverse();
    } else if (!done.has(next.value)) {
      enter(next.value);
    }
  }
  return null;
}
