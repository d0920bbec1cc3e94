/** What the command line reads of a backfill as the API tells it. */
export interface BackfillBody {
  readonly id: number;
  readonly dag_id: string;
  readonly from_date: string;
  readonly to_date: string;
  readonly is_paused: boolean;
  readonly reprocess_behavior: string;
  readonly max_active_runs: number;
  readonly created_at: string;
  readonly completed_at: string | null;
  /** Logical dates by the state of their run, or why they were left out. */
  readonly run_counts: Readonly<Record<string, number>>;
}

/** For instance `3 success, 1 running`. */
export function countsText({ run_counts: counts }: BackfillBody): string {
  const parts = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
  return parts.length === 0 ? 'no runs' : parts.join(', ');
}
