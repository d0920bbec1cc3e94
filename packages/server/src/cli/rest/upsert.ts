import { GantryError } from '@gantry/sdk/model';
import type { RestClient } from './rest-client.ts';

/** Changes a thing, or makes it when there is none. Answers what was done. */
export async function upsert(
  client: RestClient,
  thing: { readonly path: string; readonly change: unknown },
  collection: { readonly path: string; readonly make: unknown },
): Promise<'changed' | 'made'> {
  try {
    await client.send(thing.path, { method: 'PATCH', body: thing.change });
    return 'changed';
  } catch (error) {
    if (!(error instanceof GantryError) || error.code !== 'not_found') throw error;
  }
  await client.send(collection.path, { method: 'POST', body: collection.make });
  return 'made';
}
