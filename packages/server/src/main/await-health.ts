import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MILLISECONDS = 50;

interface Health {
  readonly scheduler: { readonly status: string | null };
  readonly dag_processor: { readonly status: string | null };
}

/** Parts that the health answer of the API server tells of; the API server itself is up when it answers. */
export type HealthPart = 'api-server' | 'dag-processor' | 'scheduler';

/** Calls `up` for each part as it becomes healthy; resolves when all are. Rejects with the signal's reason. */
export async function awaitHealth(url: string, up: (part: HealthPart) => void, signal: AbortSignal): Promise<void> {
  const seen = new Set<HealthPart>();
  while (seen.size < 3) {
    signal.throwIfAborted();
    for (const part of healthyParts(await readHealth(url))) {
      if (seen.has(part)) continue;
      seen.add(part);
      up(part);
    }
    if (seen.size < 3) await sleep(LOOK_MILLISECONDS, undefined, { signal });
  }
}

function healthyParts(health: Health | null): HealthPart[] {
  if (health === null) return [];
  const isUp = (part: { readonly status: string | null }): boolean => part.status === 'healthy';
  return [
    'api-server',
    ...(isUp(health.dag_processor) ? (['dag-processor'] as const) : []),
    ...(isUp(health.scheduler) ? (['scheduler'] as const) : []),
  ];
}

async function readHealth(url: string): Promise<Health | null> {
  try {
    const answer = await fetch(`${url}/api/v2/monitor/health`, { signal: AbortSignal.timeout(2_000) });
    return answer.ok ? ((await answer.json()) as Health) : null;
  } catch {
    return null;
  }
}
