/** Limits and times of the API server. `[api]` and `[workers]` of the configuration set them. */
export interface ApiOptions {
  /** How long a claim holds without a heartbeat. */
  readonly leaseSeconds: number;
  /** How often a worker renews its lease; several must fit into one lease. */
  readonly heartbeatSeconds: number;
  /** Between asking a task to stop and killing it. */
  readonly killGraceSeconds: number;
  readonly bodyLimitBytes: number;
  /** Of a report or log chunk, which may hold several XComs and the last log lines. */
  readonly reportLimitBytes: number;
  /** Of one XCom value as JSON. */
  readonly xcomLimitBytes: number;
  /** Life of a token from POST /auth/token. Airflow: [api_auth] jwt_expiration_time. */
  readonly tokenHours: number;
  /** Where browsers reach the server, without a slash at the end; empty: as they address it. Airflow: [api] base_url. */
  readonly baseUrl: string;
  /** A session ends when nothing was asked for so long, */
  readonly sessionIdleSeconds: number;
  /** and after so long whatever is asked. */
  readonly sessionLifetimeSeconds: number;
  /** Requests that one session or token may send in each second; four times as many at once. 0: no limit. */
  readonly requestsPerSecond: number;
  /** Connections that one address may hold open. */
  readonly connectionsPerAddress: number;
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** Most rows of one page. Airflow: [api] maximum_page_limit. */
  readonly maximumPageLimit: number;
  /** How long requests under way may take after the server was asked to stop. */
  readonly shutdownSeconds: number;
  /** How often a followed log is looked at. */
  readonly followMilliseconds: number;
  /** A followed log or run ends after this long; the client connects anew. */
  readonly followMinutes: number;
  /** How long an answer waits for the scheduler to apply what was asked of a run; then it tells the states as they are. */
  readonly requestWaitMilliseconds: number;
  /** Words that make a name sound like a secret, besides those of the model. Airflow: [core] sensitive_var_conn_names. */
  readonly sensitiveNames: readonly string[];
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

export const API_DEFAULTS: ApiOptions = {
  leaseSeconds: 60,
  heartbeatSeconds: 10,
  killGraceSeconds: 20,
  bodyLimitBytes: 1024 * 1024,
  reportLimitBytes: 4 * 1024 * 1024,
  xcomLimitBytes: 256 * 1024,
  tokenHours: 24,
  baseUrl: '',
  sessionIdleSeconds: 8 * 3600,
  sessionLifetimeSeconds: 7 * 24 * 3600,
  requestsPerSecond: 500,
  connectionsPerAddress: 2000,
  trustedProxies: [],
  maximumPageLimit: 100,
  shutdownSeconds: 10,
  followMilliseconds: 1000,
  followMinutes: 60,
  requestWaitMilliseconds: 5000,
  sensitiveNames: [],
  logLevel: 'warn',
};
