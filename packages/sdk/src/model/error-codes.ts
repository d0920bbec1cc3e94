/**
 * The one list of error codes: HTTP status (or null when it never crosses HTTP), a sentence, and what to do.
 * A test ties it to docs/errors.md. Add a row here first, then throw GantryError with its code.
 */
export interface ErrorCode {
  readonly status: number | null;
  readonly sentence: string;
  readonly remedy: string;
}

export const ERROR_CODES = {
  bad_request: {
    status: 400,
    sentence: 'The request cannot be understood.',
    remedy: 'Correct the part that the detail names.',
  },
  unauthenticated: {
    status: 401,
    sentence: 'No valid credential came with the request.',
    remedy: 'Get a token from POST /auth/token and send it as Authorization: Bearer.',
  },
  forbidden: {
    status: 403,
    sentence: 'The credential does not allow this.',
    remedy: 'Ask an administrator for a role that does.',
  },
  not_found: { status: 404, sentence: 'There is no such thing.', remedy: 'Check the name in the path.' },
  conflict: {
    status: 409,
    sentence: 'The thing exists already, or its state forbids this.',
    remedy: 'Read its present state and decide again.',
  },
  invalid: { status: 422, sentence: 'A field has a wrong value.', remedy: 'Correct the fields that the detail lists.' },
  too_large: {
    status: 413,
    sentence: 'The body is larger than allowed.',
    remedy: 'Send less, or store the data elsewhere and send a reference.',
  },
  too_many_requests: {
    status: 429,
    sentence: 'Too many requests in too short a time.',
    remedy: 'Wait for the seconds that the detail names and try again.',
  },
  secret_unreadable: {
    status: 422,
    sentence: 'A stored secret cannot be opened.',
    remedy: 'Give Gantry the key that it was sealed under ([secrets] encryption_keys), or set the value anew.',
  },
  unavailable: {
    status: 503,
    sentence: 'A part that is needed does not answer.',
    remedy: 'Wait and try again; the health page says which part.',
  },
  internal: {
    status: 500,
    sentence: 'Gantry met an error of its own.',
    remedy: 'Look for the error id in the server log and report it.',
  },
  run_set_aside: {
    status: null,
    sentence: 'A run cannot be gone on with and is set aside; all others go on.',
    remedy:
      'Read the reason; the run is tried again by itself. If it fails for the same reason again and again, report it.',
  },
  attempt_not_yours: {
    status: 409,
    sentence: 'The attempt belongs to another worker or is closed.',
    remedy: 'Nothing: the worker stops by itself.',
  },
  configuration_invalid: {
    status: null,
    sentence: 'The configuration is not valid.',
    remedy: 'Correct the option that the detail names.',
  },
  database_unsupported: {
    status: null,
    sentence: 'The database is not PostgreSQL 15 or newer.',
    remedy: 'Point [database] url at a PostgreSQL 15+, or leave it empty for the embedded one.',
  },
  database_unreachable: {
    status: null,
    sentence: 'The database does not answer.',
    remedy: 'Check [database] url, the server and the network.',
  },
  database_outdated: {
    status: null,
    sentence: 'The database schema is not the one this version needs.',
    remedy: 'Run gantry db migrate.',
  },
  kubernetes_unreachable: {
    status: null,
    sentence: 'The Kubernetes API does not answer.',
    remedy: 'Check [kubernetes_executor] config_file, the context and the network.',
  },
  kubernetes_forbidden: {
    status: null,
    sentence: 'The Kubernetes API refuses what Gantry needs.',
    remedy: 'Grant the service account create, get, list, watch and delete on pods, and get on pods/log.',
  },
  template_invalid: {
    status: null,
    sentence: 'The pod template cannot be used.',
    remedy: 'Correct the line that the detail names.',
  },
  override_invalid: {
    status: null,
    sentence: 'A pod override cannot be applied.',
    remedy: 'Correct the field path that the detail names.',
  },
  hook_failed: {
    status: null,
    sentence: 'The pod mutation hook of this site failed.',
    remedy: 'Correct the module that the detail names, or unset [kubernetes_executor] pod_mutation_hook.',
  },
  policy_breach: {
    status: null,
    sentence: 'The pod holds what the pod policy of this site does not allow.',
    remedy:
      'Change the field that the detail names, or ask whoever runs Gantry about [kubernetes_executor] pod_policy.',
  },
  dag_invalid: {
    status: null,
    sentence: 'The DAG file cannot be used.',
    remedy: 'Correct the file at the line that the detail names.',
  },
  port_in_use: {
    status: null,
    sentence: 'The port is taken by another process.',
    remedy: 'Stop that process or choose another [api] port.',
  },
  home_in_use: {
    status: null,
    sentence: 'Another standalone runs on the same home folder.',
    remedy: 'Stop it, or set GANTRY_HOME to another folder.',
  },
  disk_full: { status: null, sentence: 'The disk is full.', remedy: 'Free space; nothing that was committed is lost.' },
} as const satisfies Record<string, ErrorCode>;

export type ErrorCodeName = keyof typeof ERROR_CODES;
