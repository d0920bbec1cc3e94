import { apiPath } from '../rest/api-path.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { upsert } from '../rest/upsert.ts';

/** Changes a variable, or makes it when there is none. */
export async function putVariable(
  client: RestClient,
  key: string,
  value: unknown,
  description?: string,
): Promise<'changed' | 'made'> {
  return upsert(
    client,
    { path: apiPath`variables/${key}`, change: { value, description } },
    { path: apiPath`variables`, make: { key, value, description } },
  );
}
