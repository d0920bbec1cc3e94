import { GantryError } from '@gantry/sdk/model';
import { apiPath } from './api-path.ts';
import { connect } from './connect.ts';

const BATCH = 100;

interface BulkBody {
  readonly create: { readonly errors: readonly { readonly error: string }[] } | null;
}

/** Makes entities of a collection, or changes those that are there, a hundred in one request. Throws what the API refuses. */
export async function bulkSet(collection: 'connections' | 'pools', entities: readonly object[]): Promise<void> {
  const client = connect();
  for (let at = 0; at < entities.length; at += BATCH) {
    const action = { action: 'create', entities: entities.slice(at, at + BATCH), action_on_existence: 'overwrite' };
    const body = { actions: [action] };
    const { create } = await client.send<BulkBody>(apiPath`${collection}`, { method: 'PATCH', body });
    const [fault] = create?.errors ?? [];
    if (fault !== undefined) throw new GantryError('invalid', fault.error);
  }
}
