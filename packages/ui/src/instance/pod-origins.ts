import type { Answer } from '../api/call.ts';

export type AttemptPod = Answer<'GET /api/v2/gantry/attempts/{attempt_id}/pod'>;
export type Origin = AttemptPod['origins'][number];

/** Finds who set a field: the field's own origin, or that of the list or map around it that was set as a whole. */
export function originFinder(origins: readonly Origin[]): (path: string) => Origin | undefined {
  const known = new Map(origins.map((origin) => [origin.path, origin]));
  return (path) => {
    for (let at = path; at !== ''; at = parentOf(at)) {
      const origin = known.get(at);
      if (origin !== undefined) return origin;
    }
    return undefined;
  };
}

/** `template: the built-in template`, with what it replaced. */
export function originText({ layer, source, replaced }: Origin): string {
  const who = source === 'Gantry' ? layer : `${layer}: ${source}`;
  return replaced === undefined
    ? who
    : `${who} (was ${typeof replaced === 'string' ? replaced : JSON.stringify(replaced)})`;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.'), path.lastIndexOf('[')));
}
