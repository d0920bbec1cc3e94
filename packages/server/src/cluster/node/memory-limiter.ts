import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Launch } from './launch.ts';
import { shell } from './machine-tools.ts';
import type { MemoryGuard, MemoryLimiter } from './memory-limit.ts';

/** What differs between the two versions of control groups. */
interface GroupFiles {
  readonly folder: string;
  readonly limit: string;
  readonly events: string;
  /** Further files to write. */
  readonly extra: Readonly<Record<string, string>>;
}

const POLL_MILLISECONDS = 250;

/**
 * Limits by control group where this process may make one (root on Linux), else by looking at resident memory four
 * times a second. `wish` `auto` takes the better one.
 */
export function memoryLimiter(
  wish: 'auto' | 'cgroup' | 'polling',
  name: string,
): { readonly limit: MemoryLimiter; readonly way: 'cgroup' | 'polling' } {
  const parent = wish === 'polling' ? null : groupParent();
  if (parent === null) return { limit: pollingGuard, way: 'polling' };
  let count = 0;
  const limit = (launch: Launch): MemoryGuard => {
    count += 1;
    return groupGuard(launch, parent, join(parent.folder, `gantry-${name}-${count}`));
  };
  return { limit, way: 'cgroup' };
}

/** Where new groups go, or null when none can be made. */
function groupParent(): GroupFiles | null {
  const versionOne = '/sys/fs/cgroup/memory';
  const versionTwo = '/sys/fs/cgroup';
  const candidates: readonly GroupFiles[] = [
    {
      folder: versionOne,
      limit: 'memory.limit_in_bytes',
      events: 'memory.oom_control',
      extra: { 'memory.swappiness': '0' },
    },
    {
      folder: versionTwo,
      limit: 'memory.max',
      events: 'memory.events',
      extra: { 'memory.oom.group': '1', 'memory.swap.max': '0' },
    },
  ];
  return candidates.find(canMakeGroups) ?? null;
}

function canMakeGroups(files: GroupFiles): boolean {
  const trial = join(files.folder, `gantry-trial-${process.pid}`);
  try {
    mkdirSync(trial);
    const usable = existsSync(join(trial, files.limit));
    rmdirSync(trial);
    return usable;
  } catch {
    return false;
  }
}

/** The process enters its group by itself before it becomes the program, so that nothing escapes the count. */
function groupGuard(launch: Launch, files: GroupFiles, group: string): MemoryGuard {
  mkdirSync(group, { recursive: true });
  writeFileSync(join(group, files.limit), String(Math.floor(launch.memoryLimitBytes ?? 0)));
  for (const [file, value] of Object.entries(files.extra)) {
    if (existsSync(join(group, file))) writeFileSync(join(group, file), value);
  }
  const enter = 'echo $$ > "$0" && exec "$@"';
  return {
    launch: { ...launch, command: [...shell(enter), join(group, 'cgroup.procs'), ...launch.command] },
    watch: () => undefined,
    outOfMemory: () => Number(/^oom_kill (\d+)/m.exec(readFileSync(join(group, files.events), 'utf8'))?.[1] ?? 0) > 0,
    close: () => removeGroup(group),
  };
}

/** A group can be removed once the last process in it is gone, which takes the system a moment. */
function removeGroup(group: string, tries = 20): void {
  try {
    rmdirSync(group);
  } catch {
    if (tries > 0) setTimeout(() => removeGroup(group, tries - 1), 50).unref();
  }
}

function pollingGuard(launch: Launch): MemoryGuard {
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const limit = launch.memoryLimitBytes ?? Number.POSITIVE_INFINITY;
  return {
    launch,
    watch: (pid, kill) => {
      timer = setInterval(() => {
        if (residentBytes(pid) <= limit) return;
        over = true;
        kill();
      }, POLL_MILLISECONDS);
    },
    outOfMemory: () => over,
    close: () => clearInterval(timer),
  };
}

/** Resident memory of a process group; 0 when it cannot be told. */
function residentBytes(group: number): number {
  if (existsSync('/proc/self/statm')) return residentFromProc(group);
  const shown = spawnSync('ps', ['-A', '-o', 'pgid=,rss='], { encoding: 'utf8' });
  const rows = (shown.stdout ?? '').split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return rows.filter(([pgid]) => pgid === group).reduce((sum, [, kibibytes = 0]) => sum + kibibytes * 1024, 0);
}

function residentFromProc(group: number): number {
  let bytes = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      if (Number(fields[2]) !== group) continue;
      const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1] ?? '0';
      bytes += Number(resident) * 1024;
    } catch {
      // The process ended while it was looked at.
    }
  }
  return bytes;
}
