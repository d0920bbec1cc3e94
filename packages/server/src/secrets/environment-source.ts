import type { SecretSource } from './secret-source.ts';

export const VARIABLE_PREFIX = 'GANTRY_VAR_';
export const CONNECTION_PREFIX = 'GANTRY_CONN_';

/** GANTRY_VAR_KEY and GANTRY_CONN_ID, in capitals, as Airflow's AIRFLOW_VAR_ and AIRFLOW_CONN_. An empty one counts. */
export function environmentSource(environment: Readonly<Record<string, string | undefined>>): SecretSource {
  const read = (name: string): string | null => (Object.hasOwn(environment, name) ? (environment[name] ?? null) : null);
  return {
    name: 'environment',
    variable: async (key) => read(`${VARIABLE_PREFIX}${key.toUpperCase()}`),
    connection: async (id) => read(`${CONNECTION_PREFIX}${id.toUpperCase()}`),
  };
}
