// What every bench shares: figures over rounds, the CPU of processes, and one line of JSON.
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** Minimum, median and maximum, to four digits. */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const round = (value) => Number(value.toPrecision(4));
  return { min: round(sorted[0]), median: round(sorted[sorted.length >> 1]), max: round(sorted.at(-1)) };
}

export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** User and system time in milliseconds of a process and everything below it, dead children that were waited for included. */
export function cpuMilliseconds(root) {
  const children = new Map();
  const times = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const parent = Number(fields[1]);
      times.set(
        Number(name),
        fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0),
      );
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It ended while we looked.
    }
  }
  const sum = (pid) =>
    (times.get(pid) ?? 0) + (children.get(pid) ?? []).reduce((total, child) => total + sum(child), 0);
  return (sum(root) * 1000) / TICKS_PER_SECOND;
}

/** One line a figure, so that changes show in a diff. */
export function printLine(line) {
  console.log(JSON.stringify(line));
}

export async function until(condition, what, timeoutSeconds = 300, everyMilliseconds = 25) {
  const end = performance.now() + timeoutSeconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > end) throw new Error(`Gave up waiting for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMilliseconds));
  }
}
