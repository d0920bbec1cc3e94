import { expect, test } from 'vitest';
import { OPTION_TABLE, type OptionRow } from '../../packages/server/src/main/config/option-table.ts';
import { inlineCode, pageText } from './pages.ts';

const PAGE = 'docs/kubernetes-options.md';
const OPTIONS = OPTION_TABLE as Record<string, Record<string, OptionRow>>;

/** `[kubernetes_executor]` of Airflow's provider 10.24. */
const AIRFLOWS = [
  'api_client_retry_configuration',
  'async_client_factory',
  'async_pod_creation',
  'client_factory',
  'cluster_context',
  'config_file',
  'delete_option_kwargs',
  'delete_worker_pods',
  'delete_worker_pods_on_failure',
  'enable_tcp_keepalive',
  'in_cluster',
  'kube_client_request_args',
  'logs_task_metadata',
  'multi_namespace_mode',
  'multi_namespace_mode_namespace_list',
  'namespace',
  'pod_creation_max_concurrency',
  'pod_launch_failure_excluded_container_reasons',
  'pod_launch_failure_retries',
  'pod_template_file',
  'running_pod_log_lines',
  'ssl_ca_cert',
  'task_publish_max_retries',
  'tcp_keep_cnt',
  'tcp_keep_idle',
  'tcp_keep_intvl',
  'verify_ssl',
  'worker_container_repository',
  'worker_container_tag',
  'worker_pod_pending_fatal_container_state_reasons',
  'worker_pods_creation_batch_size',
];

const rows = pageText(PAGE)
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [, airflow = '', gantry = '', verdict = ''] = line.split('|').map((cell) => cell.trim());
    return { airflow: namesOf(airflow), gantry: namesOf(gantry), verdict };
  });

function namesOf(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
}

test('the table has a row for each of Airflow’s options, and each says same, better or not needed', () => {
  expect(rows.flatMap(({ airflow }) => airflow).sort()).toEqual(AIRFLOWS);
  for (const { airflow, verdict } of rows) expect(verdict, airflow.join()).toMatch(/^(same|better: .+|not needed: .+)/);
});

test('every option of ours that the table names is in the table of options, and only what is not needed has none', () => {
  for (const { airflow, gantry, verdict } of rows) {
    expect(gantry.length === 0, airflow.join()).toBe(verdict.startsWith('not needed'));
    for (const name of gantry) {
      const [, section = 'kubernetes_executor', option = name] = /^\[(\w+)\] (\w+)$/.exec(name) ?? [];
      expect(OPTIONS[section]?.[option], name).toBeDefined();
    }
  }
});

test('every option of [kubernetes_executor] is on the page', () => {
  const named = new Set(inlineCode(PAGE).map(({ code }) => code));
  expect(Object.keys(OPTIONS.kubernetes_executor ?? {}).filter((option) => !named.has(option))).toEqual([]);
});
