import { WORKER_ENVIRONMENT } from '@gantry/sdk/model';

/**
 * What a task may see of the scheduler's environment: where programs, temporary files and certificates are, language,
 * time zone and proxies. Everything else, credentials of the control plane above all, stays behind.
 */
const PASSED_ON: readonly string[] = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'LD_LIBRARY_PATH'],
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
];

export interface WorkerPlace {
  readonly apiUrl: string;
  readonly bundleFolder: string | null;
  readonly environment: { readonly [name: string]: string | undefined };
}

/** The environment of every worker. Which attempt it runs is added for a worker that is started for one. */
export function workerEnvironment({ apiUrl, bundleFolder, environment }: WorkerPlace): Record<string, string> {
  const passed = Object.entries(environment).filter(([name]) => PASSED_ON.includes(name) || name.startsWith('LC_'));
  return {
    ...Object.fromEntries(passed.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    [WORKER_ENVIRONMENT.apiUrl]: apiUrl,
    ...(bundleFolder === null ? {} : { [WORKER_ENVIRONMENT.bundleFolder]: bundleFolder }),
  };
}
