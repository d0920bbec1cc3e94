import { readdirSync, readFileSync } from 'node:fs';
import { WORKER_ENVIRONMENT } from '@gantry/sdk/model';

/**
 * The process group of an attempt that another scheduler started, found by the environment of its worker; null when
 * there is none, or where the system does not show it. A spare worker is not found: it stops by its own heartbeat.
 */
export function findWorkerGroup(attemptId: string, folder = '/proc'): number | null {
  const wanted = `${WORKER_ENVIRONMENT.attemptId}=${attemptId}`;
  for (const name of listProcesses(folder)) {
    try {
      const variables = readFileSync(`${folder}/${name}/environ`, 'utf8').split('\0');
      if (variables.includes(wanted) && leadsItsGroup(folder, name)) return Number(name);
    } catch {
      // It has just ended, or belongs to another user.
    }
  }
  return null;
}

function listProcesses(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** Children of the task inherit the variable; only the worker leads the group. */
function leadsItsGroup(folder: string, name: string): boolean {
  const stat = readFileSync(`${folder}/${name}/stat`, 'latin1');
  const [, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return group === name;
}
