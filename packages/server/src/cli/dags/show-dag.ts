import type { OutputFormat } from '../output/output-format.ts';
import { printRecord } from '../output/print-record.ts';
import { terminalOf } from '../output/terminal.ts';
import { shortTime } from '../output/time.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';

/** Fields of Airflow's answer that have a meaning here, in the order people look for them. */
const SHOWN = [
  'dag_id',
  'description',
  'is_paused',
  'is_stale',
  'fileloc',
  'has_import_errors',
  'last_parsed_time',
  'tags',
  'owners',
  'timetable_summary',
  'timezone',
  'start_date',
  'end_date',
  'catchup',
  'next_dagrun_run_after',
  'next_dagrun_logical_date',
  'max_active_runs',
  'max_active_tasks',
  'dag_run_timeout',
  'params',
  'latest_dag_version',
  'doc_md',
] as const;

export async function showDag(dagId: string, options: { readonly output: OutputFormat }): Promise<void> {
  const details = await connect().send<Readonly<Record<string, unknown>>>(apiPath`dags/${dagId}/details`);
  const isData = options.output === 'json' || options.output === 'yaml';
  const fields = SHOWN.map((name) => [name, isData ? details[name] : shown(name, details[name])] as const);
  await printRecord(terminalOf(process.stdout), options.output, Object.fromEntries(fields));
}

/** For people: names instead of objects, times without fractions. */
function shown(name: (typeof SHOWN)[number], value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (name === 'tags') return (value as readonly { readonly name: string }[]).map((tag) => tag.name);
  if (name === 'latest_dag_version') return (value as { readonly version_number?: number }).version_number;
  if (name === 'params') return paramLines(value as Readonly<Record<string, { readonly value?: unknown }>>);
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) ? shortTime(value) : value;
}

function paramLines(params: Readonly<Record<string, { readonly value?: unknown }>>): string {
  return Object.entries(params)
    .map(([name, { value }]) => (value === undefined || value === null ? name : `${name} = ${JSON.stringify(value)}`))
    .join('\n');
}
