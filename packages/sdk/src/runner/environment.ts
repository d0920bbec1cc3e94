import { WORKER_ENVIRONMENT } from '../model/execution-api.ts';

/** What the environment tells a worker. */
export interface WorkerSettings {
  readonly apiUrl: string;
  /** Null for a spare worker, which is told on file descriptor 3. */
  readonly attemptId: string | null;
  readonly bundleDigest: string | null;
  readonly podShape: string | null;
  readonly bundleFolder: string | null;
  readonly tokenFile: string | null;
  readonly claimWaitSeconds: number;
}

/** How long a worker asks for its claim when nothing else is said. */
const CLAIM_WAIT_SECONDS = 300;

/** Reads the settings; throws a sentence when one cannot be used. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): WorkerSettings {
  const names = WORKER_ENVIRONMENT;
  const apiUrl = environment[names.apiUrl] || null;
  if (apiUrl === null) throw new Error(`${names.apiUrl} is not set; the executor sets it to the API server's URL.`);
  if (!URL.canParse(apiUrl) || !/^https?:/.test(apiUrl)) {
    throw new Error(`${names.apiUrl} is "${apiUrl}"; expected a URL such as http://gantry-api:8080.`);
  }
  return {
    apiUrl,
    attemptId: environment[names.attemptId] || null,
    bundleDigest: environment[names.bundleDigest] || null,
    podShape: environment[names.podShape] || null,
    bundleFolder: environment[names.bundleFolder] || null,
    tokenFile: environment[names.tokenFile] || null,
    claimWaitSeconds: readSeconds(names.claimWaitSeconds, environment[names.claimWaitSeconds]),
  };
}

/** Takes from user code's sight what it has no use for: where the credential lies. */
export function hideCredential(environment: NodeJS.ProcessEnv = process.env): void {
  delete environment[WORKER_ENVIRONMENT.tokenFile];
}

/** A variable that the pod or process itself brings: GANTRY_VAR_KEY, in capitals. Null when it brings none. */
export function variableOfEnvironment(key: string, environment: NodeJS.ProcessEnv = process.env): string | null {
  return environment[`GANTRY_VAR_${key.toUpperCase()}`] ?? null;
}

/** A connection that the pod or process itself brings, as a URI or JSON: GANTRY_CONN_ID, in capitals. */
export function connectionOfEnvironment(id: string, environment: NodeJS.ProcessEnv = process.env): string | null {
  return environment[`GANTRY_CONN_${id.toUpperCase()}`] ?? null;
}

function readSeconds(name: string, text: string | undefined): number {
  if (!text) return CLAIM_WAIT_SECONDS;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0) return seconds;
  throw new Error(`${name} is "${text}"; expected a number of seconds above 0.`);
}
