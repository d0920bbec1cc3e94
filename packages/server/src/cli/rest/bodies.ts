/** What the command line reads of the REST API's answers; the API knows more fields. */

export interface DagBody {
  readonly dag_id: string;
  readonly is_paused: boolean;
  readonly is_stale: boolean;
  readonly has_import_errors: boolean;
  readonly fileloc: string;
  readonly description: string | null;
  readonly timetable_summary: string | null;
  readonly next_dagrun_run_after: string | null;
  readonly tags: readonly { readonly name: string }[];
  readonly owners: readonly string[];
}

export interface RunBody {
  readonly dag_id: string;
  readonly dag_run_id: string;
  readonly state: string;
  readonly run_type: string;
  readonly logical_date: string | null;
  readonly run_after: string;
  readonly start_date: string | null;
  readonly end_date: string | null;
  readonly duration: number | null;
  readonly reason: string | null;
}

export interface Place {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | null;
}

export interface TaskInstanceBody {
  readonly id: string;
  readonly task_id: string;
  readonly dag_id: string;
  readonly dag_run_id: string;
  readonly map_index: number;
  readonly state: string | null;
  readonly try_number: number;
  readonly max_tries: number;
  readonly start_date: string | null;
  readonly end_date: string | null;
  readonly duration: number | null;
  readonly executor: string | null;
  /** Of the worker, once it has claimed the try. */
  readonly pid: number | null;
  readonly reason: string | null;
  readonly waiting: string | null;
  readonly not_before: string | null;
  readonly place: Place | null;
  readonly attempt_id: string | null;
}

export interface ProgressBody {
  readonly cursor: string;
  readonly run_state: string;
  readonly reason: string | null;
  readonly finished: boolean;
  readonly task_instances: readonly TaskInstanceBody[];
}

export interface LogEntry {
  readonly timestamp: string;
  readonly level: string;
  readonly logger: string;
  readonly event: string;
}
