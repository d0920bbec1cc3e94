/** What is read of an attempt; times are ISO 8601. */
export interface GanttAttempt {
  readonly attempt_id: string;
  readonly task_id: string;
  readonly map_index: number;
  readonly try_number: number;
  readonly state: string;
  readonly queued_at: string;
  readonly claimed_at: string | null;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly waiting: string | null;
}

/**
 * What an attempt spent its time on: `starting` from its order until its worker reported for the first time (pod made,
 * placed, image pulled), `running` until it was over.
 */
export interface GanttPart {
  readonly phase: 'starting' | 'running';
  readonly from: number;
  readonly to: number;
}

export interface GanttBar {
  readonly attempt: GanttAttempt;
  readonly parts: readonly GanttPart[];
}

export interface GanttLine {
  readonly id: string;
  readonly taskId: string;
  readonly mapIndex: number;
  readonly bars: readonly GanttBar[];
}

/** A line for each task instance in the order of its first attempt, a bar for each attempt; `now` ends what is open. */
export function ganttLines(attempts: readonly GanttAttempt[], now: number): GanttLine[] {
  const lines = new Map<string, GanttBar[]>();
  const byTime = [...attempts].sort((one, other) => Date.parse(one.queued_at) - Date.parse(other.queued_at));
  for (const attempt of byTime) {
    const id = attempt.map_index < 0 ? attempt.task_id : `${attempt.task_id} [${attempt.map_index}]`;
    const bars = lines.get(id) ?? [];
    bars.push({ attempt, parts: partsOf(attempt, now) });
    lines.set(id, bars);
  }
  return [...lines].map(([id, bars]) => {
    const { task_id: taskId, map_index: mapIndex } = bars[0]!.attempt;
    return { id, taskId, mapIndex, bars };
  });
}

function partsOf(attempt: GanttAttempt, now: number): GanttPart[] {
  const from = Date.parse(attempt.queued_at);
  const to = attempt.ended_at === null ? Math.max(now, from) : Date.parse(attempt.ended_at);
  const begin = attempt.started_at ?? attempt.claimed_at;
  if (begin === null) return [{ phase: 'starting', from, to }];
  // The worker's clock is not the database's: a start before the order, or after the end, is none.
  const start = Math.min(Math.max(Date.parse(begin), from), to);
  return [
    { phase: 'starting', from, to: start },
    { phase: 'running', from: start, to },
  ];
}

const STEPS_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400];
const MOST_TICKS = 8;

/** Moments for the axis: round distances in seconds from the start, at most eight. */
export function ganttTicks(spanSeconds: number): number[] {
  const step =
    STEPS_SECONDS.find((seconds) => spanSeconds / seconds <= MOST_TICKS) ??
    Math.ceil(spanSeconds / MOST_TICKS / 86_400) * 86_400;
  return Array.from({ length: Math.floor(spanSeconds / step) + 1 }, (_, index) => index * step);
}
