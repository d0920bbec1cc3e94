/**
 * Every option of gantry.cfg, once: type, default, check and documentation. Names are Airflow's where the meaning is
 * the same. `gantry config list`, docs/configuration.md and the checks all come from this table.
 */
export type OptionKind = 'text' | 'integer' | 'number' | 'boolean' | 'list' | 'json_object';

export interface OptionRow {
  readonly kind: OptionKind;
  /** As written in the file; an empty text is "not set" for text and json_object. */
  readonly fallback: string;
  readonly about: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly oneOf?: readonly string[];
  /** Never printed; may come from a command or a file. */
  readonly secret?: boolean;
}

const text = (fallback: string, about: string): OptionRow & { readonly kind: 'text' } => ({
  kind: 'text',
  fallback,
  about,
});
const secret = (about: string): OptionRow & { readonly kind: 'text' } => ({
  kind: 'text',
  fallback: '',
  about,
  secret: true,
});
const integer = (
  fallback: number,
  minimum: number,
  about: string,
  maximum?: number,
): OptionRow & { readonly kind: 'integer' } => ({
  kind: 'integer',
  fallback: String(fallback),
  minimum,
  maximum,
  about,
});
const boolean = (fallback: boolean, about: string): OptionRow & { readonly kind: 'boolean' } => ({
  kind: 'boolean',
  fallback: String(fallback),
  about,
});
const list = (fallback: string, about: string): OptionRow & { readonly kind: 'list' } => ({
  kind: 'list',
  fallback,
  about,
});
const jsonObject = (about: string): OptionRow & { readonly kind: 'json_object' } => ({
  kind: 'json_object',
  fallback: '',
  about,
});
const oneOf = <Choice extends string>(
  options: readonly Choice[],
  fallback: Choice,
  about: string,
): OptionRow & { readonly kind: 'text'; readonly oneOf: readonly Choice[] } => ({
  kind: 'text',
  fallback,
  oneOf: options,
  about,
});

const failureAction = (fallback: 'retry' | 'retry_free', what: string) =>
  oneOf(
    ['retry', 'retry_free', 'fail'],
    fallback,
    `What follows when ${what}: spend one of the task's retries, launch again for free, or fail at once. onFailure of a task beats it.`,
  );
const freeBudget = (name: string) =>
  integer(5, 0, `Free launches of one try after failures of class ${name}, where its action is retry_free.`);

export const OPTION_TABLE = {
  core: {
    executor: list(
      'KubernetesExecutor',
      'Executors by name, comma-separated; the first is the default: KubernetesExecutor, LocalExecutor.',
    ),
    dags_folder: text('dags', 'Folder with DAG files; relative to GANTRY_HOME.'),
    parallelism: integer(32, 1, 'Attempts that one scheduler keeps queued or running, over all its executors.'),
    dags_are_paused_at_creation: boolean(true, 'A DAG seen for the first time starts paused.'),
    kubernetes_queue: text('kubernetes', 'Tasks sent to this queue go to the KubernetesExecutor.'),
    local_queue: text('local', 'Tasks sent to this queue go to the LocalExecutor.'),
    execution_api_server_url: text('', 'URL by which workers reach the API server; empty: from [api] host and port.'),
    killed_task_cleanup_time: integer(20, 0, 'Seconds between asking a task to stop and killing it.'),
    sensitive_var_conn_names: list(
      '',
      'Words besides the built-in ones (password, secret, token ...) by which the name of a variable or of a field of an extra sounds like a secret, so that its value is masked.',
    ),
  },
  secrets: {
    encryption_keys: secret(
      "Keys for secrets in the database, comma-separated, as gantry secrets make-key prints them: the first seals, all open. Airflow's [core] fernet_key. Empty: secrets are stored as they are; gantry standalone makes a key.",
    ),
    backend: text(
      '',
      'Where the API server looks for variables and connections before the database: LocalFilesystemBackend, MountedFolderBackend, or the path of a JavaScript module, relative to GANTRY_HOME.',
    ),
    backend_kwargs: {
      ...jsonObject(
        'Settings of the backend: {"variables_file_path": ..., "connections_file_path": ...}, {"variables_folder": ..., "connections_folder": ...}, or what the module takes.',
      ),
      secret: true,
    },
  },
  database: {
    url: secret(
      'PostgreSQL 15 or newer: postgresql://user:password@host:port/name. Empty: the embedded server under GANTRY_HOME.',
    ),
    pool_size: integer(8, 2, 'Connections of one process.', 200),
  },
  scheduler: {
    scheduler_lease: integer(
      15,
      6,
      'Seconds a scheduler leads its runs without renewing; another takes over after it.',
      600,
    ),
    task_queued_timeout: integer(
      600,
      10,
      'Seconds an attempt may wait to start before it is given up and launched anew.',
    ),
    max_dagruns_per_loop: integer(100, 1, 'Runs started or taken over in one turn of the loop.'),
    max_task_retry_delay: integer(86400, 1, 'Upper bound in seconds of every retry delay.'),
  },
  failures: {
    user_error: failureAction('retry', 'the task itself failed'),
    user_error_budget: freeBudget('user_error'),
    timeout: failureAction('retry', 'a try took longer than its executionTimeout'),
    timeout_budget: freeBudget('timeout'),
    out_of_memory: failureAction('retry', 'a task was killed for its memory'),
    out_of_memory_budget: freeBudget('out_of_memory'),
    storage_limit: failureAction('retry', 'a task used more local storage than its limit'),
    storage_limit_budget: freeBudget('storage_limit'),
    no_report: failureAction('retry', 'a worker ended with code 0 and never reported'),
    no_report_budget: freeBudget('no_report'),
    never_started: failureAction('retry_free', 'a pod or process never came to run its task'),
    never_started_budget: freeBudget('never_started'),
    disrupted: failureAction('retry_free', 'the cluster took the pod'),
    disrupted_budget: freeBudget('disrupted'),
    image: failureAction('retry_free', 'an image cannot be pulled'),
    image_budget: freeBudget('image'),
    configuration: failureAction('retry_free', 'a pod cannot be made as it is configured'),
    configuration_budget: freeBudget('configuration'),
    backoff_first: integer(10, 0, 'Seconds before the first free launch after a failure of a class.'),
    backoff_factor: integer(2, 1, 'Each further free launch waits so many times as long.', 100),
    backoff_max: integer(300, 0, 'Most seconds before a free launch.'),
  },
  workers: {
    task_lease: integer(60, 10, 'Seconds a worker may run without renewing its claim; then it kills its task.', 3600),
    task_heartbeat: integer(10, 1, 'Seconds between renewals.', 600),
  },
  dag_processor: {
    refresh_interval: integer(5, 1, 'Seconds between two looks at the DAG folder.'),
    dag_file_processor_timeout: integer(30, 1, 'Seconds that loading one DAG file may take.'),
    dag_file_memory_limit: integer(512, 64, 'MiB of heap that loading one DAG file may take.'),
    parsing_processes: integer(2, 1, 'DAG files loaded at the same time.', 64),
  },
  api: {
    host: text('127.0.0.1', 'Address to listen on.'),
    port: integer(8080, 0, 'Port to listen on; 0 takes a free one.', 65535),
    maximum_page_limit: integer(100, 1, 'Most rows of one page of a list.', 1000),
    token_expiration: integer(86400, 60, 'Seconds a token from POST /auth/token is valid.'),
    base_url: text(
      '',
      'URL by which browsers reach the API server, such as https://gantry.example.com; with https the session cookie is sent over TLS only. Empty: as the browser addresses it, over plain HTTP.',
    ),
    session_idle: integer(28800, 60, 'Seconds after which a session of a browser ends that was not used.'),
    session_lifetime: integer(604800, 60, 'Seconds after which a session of a browser ends whatever is done.'),
    requests_per_second: integer(
      500,
      0,
      'Requests that one session or token may send in each second, and four times as many at once; 0 is no limit.',
    ),
    connections_per_address: integer(2000, 1, 'Connections that one address may hold open.'),
    trusted_proxies: list(
      '',
      'Addresses or networks (10.0.0.0/8) of reverse proxies whose X-Forwarded-For is believed, so that limits and the audit log see the real address.',
    ),
  },
  oidc: {
    issuer: text('', 'URL of the OpenID provider that people may sign in by, exactly as it names itself; empty: none.'),
    client_id: text('', 'Id that the provider gave this Gantry.'),
    client_secret: secret('Secret that belongs to it.'),
    name: text('Single sign-on', 'What the sign-in page calls the provider.'),
    scopes: list('openid,profile,email', 'What is asked of the provider.'),
    username_claim: text('preferred_username', 'Claim that suggests the name of a new account.'),
    groups_claim: text('groups', 'Claim that lists the groups of a person.'),
    role_mapping: jsonObject(
      'Role by group, such as {"data-team": "user", "platform": "admin"}, read at each sign-in; the highest counts, and a person in none of the groups has no role. Empty: admins give roles with gantry users.',
    ),
  },
  logging: {
    level: oneOf(['debug', 'info', 'warn', 'error'], 'info', "What Gantry's own processes log."),
  },
  local_executor: {
    spare_workers: integer(
      2,
      0,
      'Workers started in advance, so that a task need not wait for a process to start.',
      64,
    ),
  },
  kubernetes_executor: {
    namespace: text('default', 'Namespace of the pods.'),
    pod_template_file: text('', 'Base pod template; empty: the built-in one.'),
    worker_container_repository: text('', 'Worker image; used when the tag is set too.'),
    worker_container_tag: text('', 'Tag of the worker image.'),
    multi_namespace_mode: boolean(false, 'An override may send its pod to another namespace (metadata.namespace).'),
    multi_namespace_mode_namespace_list: list(
      '',
      'The namespaces that pods may go to besides namespace; a role in each is enough. Empty means every namespace, which needs a cluster role.',
    ),
    pod_mutation_hook: text(
      '',
      'Module that exports podMutationHook(pod, { dagId, taskId, queue }), which returns the changed pod; relative to GANTRY_HOME.',
    ),
    pod_policy: oneOf(
      ['unrestricted', 'baseline', 'restricted'],
      'unrestricted',
      "Kubernetes' pod security standard that every finished pod must meet; a breach is an error when the DAG is loaded.",
    ),
    strict_pod_schema: boolean(
      false,
      'Fields of a template that Kubernetes does not know are errors instead of warnings.',
    ),
    preflight: oneOf(
      ['off', 'warn', 'block'],
      'off',
      'Ask the cluster about the pods of each new DAG version (server-side dry run); block keeps a version that is refused from being stored.',
    ),
    parallelism: integer(1000, 1, 'Pods of one scheduler that are pending or running.'),
    delete_worker_pods: boolean(true, 'Pods are deleted when they have succeeded.'),
    delete_worker_pods_on_failure: boolean(false, 'Pods are deleted also when they have failed.'),
    worker_pod_pending_fatal_container_state_reasons: list(
      '',
      'Reasons for which a waiting container is given up at once, besides those that never heal (InvalidImageName, ErrImageNeverPull); others have minutes to heal.',
    ),
    in_cluster: boolean(false, 'Use the service account of the pod Gantry runs in.'),
    config_file: text('', 'kubeconfig, relative to GANTRY_HOME; empty: KUBECONFIG, then ~/.kube/config.'),
    cluster_context: text('', 'Context of the kubeconfig; empty: its current one.'),
    verify_ssl: boolean(true, "Check the API server's certificate."),
    ssl_ca_cert: text('', "CA file that replaces the kubeconfig's; relative to GANTRY_HOME."),
    pod_creation_max_concurrency: integer(100, 1, 'Most creates in flight; the real number adapts to the API server.'),
    kube_client_request_args: jsonObject(
      'Time limits of calls: {"_request_timeout": [connect seconds, read seconds]}, or one number for both; not set: 5 and 30.',
    ),
    delete_option_kwargs: jsonObject(
      'How pods are deleted: grace_period_seconds of at least 1 (not set: the pod\'s own) and propagation_policy, e.g. {"grace_period_seconds": 10}.',
    ),
    enable_tcp_keepalive: boolean(true, 'TCP keep-alive on connections to the API server.'),
    tcp_keep_idle: integer(120, 1, 'Seconds of silence before keep-alive probes.'),
    task_publish_max_retries: integer(
      -1,
      -1,
      'Times that creating a pod is tried again after 429, 5xx, no answer or a used-up quota; -1: until task_queued_timeout.',
    ),
  },
} as const satisfies Record<string, Record<string, OptionRow>>;

export type OptionTable = typeof OPTION_TABLE;
export type SectionName = keyof OptionTable;
