const LATEST = '`run_on_latest_version` and `only_new` are refused, since a run keeps its version';

/** Operations that Gantry answers as Airflow does but for what is said here; those without a note are the same. */
export const DIFFERS: Readonly<Record<string, string>> = {
  post_clear_task_instances: LATEST,
  test_connection: 'always refused with 403, as Airflow does unless its operator allows it',
  clear_dag_run: `${LATEST}; this client cannot read the preview, nor Airflow's, since each entry fits two of its types`,
};

const ASSETS = 'Gantry has no assets; a DAG runs by schedule or by trigger.';
const STATE_STORE = 'Gantry has no state store; a task hands values on by XCom.';
const HUMAN_INPUT = 'No task of Gantry waits for the answer of a person.';
const PARTITIONS = 'Gantry has no partitioned timetables.';
const NO_TEST = 'The API server opens no address that a request names.';
const NOT_YET = 'Not yet.';

/** Why Gantry does not answer any operation of a class of the client. */
export const ABSENT_CLASSES: Readonly<Record<string, string>> = {
  AssetApi: ASSETS,
  AssetStateStoreApi: STATE_STORE,
  TaskStateStoreApi: STATE_STORE,
};

/** Why Gantry does not answer an operation. */
export const ABSENT: Readonly<Record<string, string>> = {
  get_upstream_asset_events: ASSETS,
  clear_dag_run_partitions: PARTITIONS,
  get_hitl_detail: HUMAN_INPUT,
  get_hitl_details: HUMAN_INPUT,
  get_hitl_detail_try_detail: HUMAN_INPUT,
  update_hitl_detail: HUMAN_INPUT,
  delete_task_instance: 'A run keeps a row for each task of its DAG version; clear or mark the task instead.',
  get_config: NOT_YET,
  get_config_value: NOT_YET,
  enqueue_connection_test: NO_TEST,
  get_connection_test: NO_TEST,
  delete_dag: NOT_YET,
  favorite_dag: NOT_YET,
  patch_dags: NOT_YET,
  unfavorite_dag: NOT_YET,
  reparse_dag_file: NOT_YET,
  bulk_dag_runs: NOT_YET,
  clear_dag_runs: NOT_YET,
  delete_dag_run: NOT_YET,
  wait_dag_run_until_finished: NOT_YET,
  list_dag_warnings: NOT_YET,
  get_extra_links: NOT_YET,
  get_jobs: NOT_YET,
  login: NOT_YET,
  logout: NOT_YET,
  get_plugins: NOT_YET,
  import_errors: NOT_YET,
  get_providers: NOT_YET,
  bulk_task_instances: NOT_YET,
  get_external_log_url: NOT_YET,
  get_mapped_task_instance_tries: NOT_YET,
  get_mapped_task_instance_try_details: NOT_YET,
  get_task_instance_dependencies: NOT_YET,
  get_task_instance_dependencies_by_map_index: NOT_YET,
  get_task_instance_tries: NOT_YET,
  get_task_instance_try_details: NOT_YET,
  patch_task_group_instances: NOT_YET,
  patch_task_group_instances_dry_run: NOT_YET,
  create_xcom_entry: NOT_YET,
  delete_xcom_entry: NOT_YET,
  update_xcom_entry: NOT_YET,
};
