import { GantryError } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import { deletePool, insertPool, readPoolFields, updatePool } from '../../store/change-pools.ts';
import { countScheduled } from '../../store/count-scheduled.ts';
import type { Queryable } from '../../store/database.ts';
import { listPools, type PoolRow, readPool } from '../../store/list-pools.ts';
import { changedFields } from '../audit/changed-fields.ts';
import type { StoredCode } from '../execution/stored-code.ts';
import type { Routes } from '../routes.ts';
import { type BulkAction, BulkAnswer, bulkBody, doBulk } from './bulk.ts';
import { changeOne, type EntityDeeds, makeOne, noEntity, removeOne } from './entity-deeds.ts';
import { ErrorResponses } from './error-responses.ts';
import { isMeant } from './is-meant.ts';
import { NullableText, nullable } from './nullable.ts';
import { PageFields, pageOf } from './page-query.ts';
import type { RestParts } from './rest-parts.ts';

const DEFAULT_POOL = 'default_pool';
const closed = { additionalProperties: false };
const tags = ['Pool'];
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
const ListQuery = Type.Object(
  {
    ...PageFields,
    pool_name_pattern: Type.Optional(Type.String()),
    pool_name_prefix_pattern: Type.Optional(Type.String()),
  },
  closed,
);

const fields = {
  slots: Type.Integer({ minimum: -1, maximum: 2 ** 31 - 1 }),
  description: Type.Optional(nullable(Type.String({ maxLength: 1000 }))),
  include_deferred: Type.Optional(Type.Boolean()),
};
const MakeBody = Type.Object({ name: Type.String({ minLength: 1, maxLength: 256 }), ...fields }, closed);
const changes = { ...fields, slots: Type.Optional(fields.slots) };
/** Airflow's body calls the name `pool`. */
const ChangeBody = Type.Object(
  { ...changes, name: Type.Optional(Type.String()), pool: Type.Optional(Type.String()) },
  closed,
);
const BulkEntity = Type.Object({ name: Type.String({ minLength: 1, maxLength: 256 }), ...changes }, closed);
const MASKS = ['name', 'pool', 'slots', 'description', 'include_deferred'] as const;

type Entity = Static<typeof BulkEntity>;

/** Pools: list, get, make, change, delete, many at once. */
export function poolRoutes(app: Routes, parts: RestParts): void {
  readRoutes(app, parts);
  changeRoutes(app, parts);
  bulkRoute(app, parts);
}

function readRoutes(app: Routes, { database, code, options }: RestParts): void {
  app.get(
    '/api/v2/pools',
    { schema: { tags, querystring: ListQuery, response: { 200: PoolListBody, ...ErrorResponses } } },
    async ({ query }) => {
      const name = { pattern: query.pool_name_pattern, prefix: query.pool_name_prefix_pattern };
      const { rows, total } = await listPools(database, name, pageOf(query, options.maximumPageLimit));
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
  app.post(
    '/api/v2/pools',
    { schema: { tags, body: MakeBody, response: { 201: PoolBody, ...ErrorResponses } } },
    async (request, reply) => {
      await makeOne(request, database, DEEDS, request.body);
      return reply.code(201).send(await requirePool(database, code, request.body.name));
    },
  );
  const querystring = Type.Object({ update_mask: Type.Optional(Type.Array(Type.Enum([...MASKS]))) }, closed);
  const response = { 200: PoolBody, ...ErrorResponses };
  const change = { tags, params: Params, querystring, body: ChangeBody, response };
  app.patch('/api/v2/pools/:pool_name', { schema: change }, async (request) => {
    const { params, query, body } = request;
    const { name, pool = name, ...given } = body;
    const entity = { ...given, name: params.pool_name };
    await changeOne(request, database, DEEDS, { entity, named: pool, mask: query.update_mask ?? null });
    return requirePool(database, code, params.pool_name);
  });
  app.delete(
    '/api/v2/pools/:pool_name',
    { schema: { tags, params: Params, response: { 204: Type.Null(), ...ErrorResponses } } },
    async (request, reply) => {
      await removeOne(request, database, DEEDS, request.params.pool_name);
      return reply.code(204).send(null);
    },
  );
}

function bulkRoute(app: Routes, { database }: RestParts): void {
  const schema = { tags, body: bulkBody(BulkEntity, MASKS), response: { 200: BulkAnswer, ...ErrorResponses } };
  app.patch('/api/v2/pools', { schema }, async (request) =>
    doBulk<Entity>(request, database, DEEDS, request.body.actions as readonly BulkAction<Entity>[]),
  );
}

const DEEDS: EntityDeeds<Entity> = {
  noun: 'pool',
  nameOf: ({ name }) => name,
  async create(tx, note, { name, slots, description = null, include_deferred = false }) {
    if (slots === undefined) throw new GantryError('invalid', `body: the pool ${name} lacks the field "slots".`);
    const fields = { slots, description, include_deferred };
    const isMade = await insertPool(tx, name, fields);
    if (isMade) note({ event: 'post_pool', object: name, after: fields });
    return isMade;
  },
  async update(tx, note, { name, ...given }, mask) {
    const before = await readPoolFields(tx, name);
    if (before === null) return false;
    const fields = Object.fromEntries(Object.entries(given).filter(([field]) => isMeant(mask, field)));
    note({ event: 'patch_pool', object: name, before: { ...before }, after: changedFields(fields) });
    return updatePool(tx, name, fields);
  },
  async remove(tx, note, name) {
    if (name === DEFAULT_POOL) throw new GantryError('bad_request', `The pool ${DEFAULT_POOL} cannot be deleted.`);
    const before = await readPoolFields(tx, name);
    if (before === null) return false;
    note({ event: 'delete_pool', object: name, before: { ...before } });
    return deletePool(tx, name);
  },
};

async function requirePool(database: Queryable, code: StoredCode, name: string) {
  const row = await readPool(database, name);
  if (row === null) throw noEntity('pool', name);
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
