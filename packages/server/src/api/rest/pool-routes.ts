import { GantryError } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import { deletePool, insertPool, updatePool } from '../../store/change-pools.ts';
import { countScheduled } from '../../store/count-scheduled.ts';
import type { Queryable } from '../../store/database.ts';
import { listPools, type PoolRow, readPool } from '../../store/list-pools.ts';
import type { StoredCode } from '../execution/stored-code.ts';
import type { Routes } from '../routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { NullableText, nullable } from './nullable.ts';
import { PageFields, pageOf } from './page-query.ts';
import type { RestParts } from './rest-parts.ts';

const DEFAULT_POOL = 'default_pool';
const closed = { additionalProperties: false };
const Params = Type.Object({ pool_name: Type.String() });

const PoolBody = Type.Object({
  name: Type.String(),
  slots: Type.Integer({ description: '-1 is unlimited.' }),
  description: NullableText,
  include_deferred: Type.Boolean(),
  occupied_slots: Type.Integer(),
  running_slots: Type.Integer(),
  queued_slots: Type.Integer(),
  scheduled_slots: Type.Integer(),
  deferred_slots: Type.Integer(),
  open_slots: Type.Integer({ description: '-1 is unlimited.' }),
});

const PoolListBody = Type.Object({ pools: Type.Array(PoolBody), total_entries: Type.Integer() });
const ListQuery = Type.Object({ ...PageFields, pool_name_pattern: Type.Optional(Type.String()) }, closed);

const fields = {
  slots: Type.Integer({ minimum: -1, maximum: 2 ** 31 - 1 }),
  description: Type.Optional(nullable(Type.String({ maxLength: 1000 }))),
  include_deferred: Type.Optional(Type.Boolean()),
};
const MakeBody = Type.Object({ name: Type.String({ minLength: 1, maxLength: 256 }), ...fields }, closed);
const ChangeBody = Type.Object(
  { ...fields, slots: Type.Optional(fields.slots), name: Type.Optional(Type.String()) },
  closed,
);

/** Pools: list, get, make, change, delete. */
export function poolRoutes(app: Routes, parts: RestParts): void {
  readRoutes(app, parts);
  changeRoutes(app, parts);
}

function readRoutes(app: Routes, { database, code, options }: RestParts): void {
  const tags = ['Pool'];
  app.get(
    '/api/v2/pools',
    { schema: { tags, querystring: ListQuery, response: { 200: PoolListBody, ...ErrorResponses } } },
    async ({ query }) => {
      const { rows, total } = await listPools(
        database,
        query.pool_name_pattern,
        pageOf(query, options.maximumPageLimit),
      );
      const scheduled = await scheduledSlots(database, code);
      return { pools: rows.map((row) => poolBody(row, scheduled)), total_entries: total };
    },
  );
  app.get(
    '/api/v2/pools/:pool_name',
    { schema: { tags, params: Params, response: { 200: PoolBody, ...ErrorResponses } } },
    async ({ params }) => requirePool(database, code, params.pool_name),
  );
}

function changeRoutes(app: Routes, { database, code }: RestParts): void {
  const tags = ['Pool'];
  app.post(
    '/api/v2/pools',
    { schema: { tags, body: MakeBody, response: { 201: PoolBody, ...ErrorResponses } } },
    async ({ body }, reply) => {
      const { name, slots, description = null, include_deferred = false } = body;
      if (!(await insertPool(database, name, { slots, description, include_deferred }))) {
        throw new GantryError('conflict', `There is a pool ${name} already.`);
      }
      return reply.code(201).send(await requirePool(database, code, name));
    },
  );
  const querystring = Type.Object(
    { update_mask: Type.Optional(Type.Array(Type.Enum(['slots', 'description', 'include_deferred']))) },
    closed,
  );
  const change = {
    tags,
    params: Params,
    querystring,
    body: ChangeBody,
    response: { 200: PoolBody, ...ErrorResponses },
  };
  app.patch('/api/v2/pools/:pool_name', { schema: change }, async ({ params, query, body: { name, ...given } }) => {
    if (name !== undefined && name !== params.pool_name) {
      throw new GantryError('invalid', 'body.name: a pool cannot be renamed, since tasks name it; make another.');
    }
    const masked = Object.entries(given).filter(([field]) => query.update_mask?.includes(field as 'slots') ?? true);
    if (!(await updatePool(database, params.pool_name, Object.fromEntries(masked)))) throw noPool(params.pool_name);
    return requirePool(database, code, params.pool_name);
  });
  app.delete(
    '/api/v2/pools/:pool_name',
    { schema: { tags, params: Params, response: { 204: Type.Null(), ...ErrorResponses } } },
    async ({ params }, reply) => {
      if (params.pool_name === DEFAULT_POOL)
        throw new GantryError('bad_request', `The pool ${DEFAULT_POOL} cannot be deleted.`);
      if (!(await deletePool(database, params.pool_name))) throw noPool(params.pool_name);
      return reply.code(204).send(null);
    },
  );
}

async function requirePool(database: Queryable, code: StoredCode, name: string) {
  const row = await readPool(database, name);
  if (row === null) throw noPool(name);
  return poolBody(row, await scheduledSlots(database, code));
}

/** Slots by pool of the task instances that wait for one. */
async function scheduledSlots(database: Queryable, code: StoredCode): Promise<ReadonlyMap<string, number>> {
  const slots = new Map<string, number>();
  for (const counted of await countScheduled(database)) {
    const task = (await code.spec(counted)).tasks[counted.taskIndex];
    if (task !== undefined) slots.set(task.pool, (slots.get(task.pool) ?? 0) + counted.count * task.poolSlots);
  }
  return slots;
}

function poolBody(row: PoolRow, scheduled: ReadonlyMap<string, number>): Static<typeof PoolBody> {
  const occupied = row.running_slots + row.queued_slots;
  return {
    ...row,
    occupied_slots: occupied,
    scheduled_slots: scheduled.get(row.name) ?? 0,
    deferred_slots: 0,
    open_slots: row.slots < 0 ? -1 : Math.max(0, row.slots - occupied),
  };
}

function noPool(name: string): GantryError {
  return new GantryError('not_found', `There is no pool ${name}.`);
}
