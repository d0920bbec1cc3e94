import { type JsonObject, MASK } from '@gantry/sdk/model';
import { deleteConnection, insertConnection, updateConnection } from '../../store/change-connections.ts';
import type { ConnectionRow } from '../../store/connection-row.ts';
import { lockConnection } from '../../store/list-connections.ts';
import { type ConnectionChange, changedConnection, connectionBody, newConnection } from './connection-body.ts';
import type { EntityDeeds } from './entity-deeds.ts';
import type { RestParts } from './rest-parts.ts';

/** The audit log tells of a password or an extra that it is there, never what it is. */
export function connectionDeeds(parts: RestParts): EntityDeeds<ConnectionChange> {
  const noted = (row: ConnectionRow): JsonObject => {
    const { connection_id: _, extra, ...body } = connectionBody(parts, row);
    return { ...body, extra: extra === null ? null : MASK };
  };
  return {
    noun: 'connection',
    nameOf: (entity) => entity.connection_id,
    async create(tx, note, entity) {
      const row = newConnection(parts, entity);
      const isMade = await insertConnection(tx, row);
      if (isMade) note({ event: 'post_connection', object: row.connectionId, after: noted(row) });
      return isMade;
    },
    async update(tx, note, entity, mask) {
      const before = await lockConnection(tx, entity.connection_id);
      if (before === null) return false;
      const row = changedConnection(parts, before, entity, mask);
      note({ event: 'patch_connection', object: row.connectionId, before: noted(before), after: noted(row) });
      return updateConnection(tx, row);
    },
    async remove(tx, note, id) {
      const before = await lockConnection(tx, id);
      if (before === null) return false;
      note({ event: 'delete_connection', object: id, before: noted(before) });
      return deleteConnection(tx, id);
    },
  };
}
