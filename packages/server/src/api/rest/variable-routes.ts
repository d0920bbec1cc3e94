import { GantryError, type Json, MASK } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import { deleteVariable, insertVariable, updateVariable } from '../../store/change-variables.ts';
import { listVariables, readVariable, type VariableRow } from '../../store/list-variables.ts';
import { changedFields } from '../audit/changed-fields.ts';
import type { Routes } from '../routes.ts';
import { type BulkAction, BulkAnswer, bulkBody, doBulk } from './bulk.ts';
import { changeOne, type EntityDeeds, makeOne, noEntity, removeOne } from './entity-deeds.ts';
import { ErrorResponses } from './error-responses.ts';
import { isMeant } from './is-meant.ts';
import { refuseMask, unmasked } from './masked-input.ts';
import { NullableText, nullable } from './nullable.ts';
import { PageFields, pageOf } from './page-query.ts';
import type { RestParts } from './rest-parts.ts';
import { shownVariable } from './secret-value.ts';

const closed = { additionalProperties: false };
const tags = ['Variable'];
const Params = Type.Object({ variable_key: Type.String() });
const VariableBody = Type.Object({
  key: Type.String(),
  value: Type.String({ description: '*** when the key sounds like a secret; so are fields of a JSON value that do.' }),
  description: NullableText,
  is_encrypted: Type.Boolean(),
});
const VariableListBody = Type.Object({ variables: Type.Array(VariableBody), total_entries: Type.Integer() });
const ListQuery = Type.Object(
  {
    ...PageFields,
    variable_key_pattern: Type.Optional(Type.String()),
    variable_key_prefix_pattern: Type.Optional(Type.String()),
  },
  closed,
);

const key = Type.String({ minLength: 1, maxLength: 250 });
const value = Type.Unsafe<Json>({ description: 'A text is kept as it is, anything else as JSON.' });
const description = Type.Optional(nullable(Type.String({ maxLength: 1000 })));
const MakeBody = Type.Object({ key, value, description }, closed);
const ChangeBody = Type.Object({ key: Type.Optional(Type.String()), value: Type.Optional(value), description }, closed);
const BulkEntity = Type.Object({ key, value: Type.Optional(value), description }, closed);
const MASKS = ['key', 'value', 'description'] as const;
const ChangeQuery = Type.Object({ update_mask: Type.Optional(Type.Array(Type.Enum([...MASKS]))) }, closed);

type Entity = Static<typeof BulkEntity>;

/** Variables: list, get, make, change, delete, many at once. */
export function variableRoutes(app: Routes, parts: RestParts): void {
  readRoutes(app, parts);
  changeRoutes(app, parts);
  bulkRoute(app, parts);
}

function readRoutes(app: Routes, parts: RestParts): void {
  const { database, options } = parts;
  app.get(
    '/api/v2/variables',
    { schema: { tags, querystring: ListQuery, response: { 200: VariableListBody, ...ErrorResponses } } },
    async ({ query }) => {
      const name = { pattern: query.variable_key_pattern, prefix: query.variable_key_prefix_pattern };
      const { rows, total } = await listVariables(database, name, pageOf(query, options.maximumPageLimit));
      return { variables: rows.map((row) => variableBody(parts, row)), total_entries: total };
    },
  );
  app.get(
    '/api/v2/variables/:variable_key',
    { schema: { tags, params: Params, response: { 200: VariableBody, ...ErrorResponses } } },
    async ({ params }) => requireVariable(parts, params.variable_key),
  );
}

function changeRoutes(app: Routes, parts: RestParts): void {
  const { database } = parts;
  const deeds = variableDeeds(parts);
  app.post(
    '/api/v2/variables',
    { schema: { tags, body: MakeBody, response: { 201: VariableBody, ...ErrorResponses } } },
    async (request, reply) => {
      await makeOne(request, database, deeds, request.body);
      return reply.code(201).send(await requireVariable(parts, request.body.key));
    },
  );
  const response = { 200: VariableBody, ...ErrorResponses };
  const change = { tags, params: Params, querystring: ChangeQuery, body: ChangeBody, response };
  app.patch('/api/v2/variables/:variable_key', { schema: change }, async (request) => {
    const { params, query, body } = request;
    const entity = { ...body, key: params.variable_key };
    await changeOne(request, database, deeds, { entity, named: body.key, mask: query.update_mask ?? null });
    return requireVariable(parts, params.variable_key);
  });
  app.delete(
    '/api/v2/variables/:variable_key',
    { schema: { tags, params: Params, response: { 204: Type.Null(), ...ErrorResponses } } },
    async (request, reply) => {
      await removeOne(request, database, deeds, request.params.variable_key);
      return reply.code(204).send(null);
    },
  );
}

function bulkRoute(app: Routes, parts: RestParts): void {
  const schema = { tags, body: bulkBody(BulkEntity, MASKS), response: { 200: BulkAnswer, ...ErrorResponses } };
  const deeds = variableDeeds(parts);
  app.patch('/api/v2/variables', { schema }, async (request) =>
    doBulk<Entity>(request, parts.database, deeds, request.body.actions as readonly BulkAction<Entity>[]),
  );
}

/** The audit log tells that a value was set, never which: it is stored without a seal. */
function variableDeeds(parts: RestParts): EntityDeeds<Entity> {
  return {
    noun: 'variable',
    nameOf: ({ key: name }) => name,
    async create(tx, note, entity) {
      const { key: object, description: about = null } = entity;
      const isMade = await insertVariable(tx, rowOf(parts, entity));
      if (isMade) note({ event: 'post_variable', object, after: { value: MASK, description: about } });
      return isMade;
    },
    async update(tx, note, entity, mask) {
      const { key: object } = entity;
      const { value: changed, description: about } = changesOf(parts, entity, mask);
      const after = changedFields({ value: changed === undefined ? undefined : MASK, description: about });
      const isFound = await updateVariable(tx, object, { value: changed, description: about });
      if (isFound) note({ event: 'patch_variable', object, after });
      return isFound;
    },
    async remove(tx, note, object) {
      const isFound = await deleteVariable(tx, object);
      if (isFound) note({ event: 'delete_variable', object });
      return isFound;
    },
  };
}

async function requireVariable(parts: RestParts, name: string) {
  const row = await readVariable(parts.database, name);
  if (row === null) throw noEntity('variable', name);
  return variableBody(parts, row);
}

function rowOf(parts: RestParts, entity: Entity): VariableRow {
  const { key: row, value: given, description: about = null } = entity;
  if (given === undefined) throw new GantryError('invalid', `body: the variable ${row} lacks the field "value".`);
  return { key: row, description: about, ...sealed(parts, row, given) };
}

function changesOf(parts: RestParts, entity: Entity, mask: readonly string[] | null | undefined) {
  const { key: row, value: given, description: about } = entity;
  return {
    value: given === undefined || !isMeant(mask, 'value') ? undefined : sealed(parts, row, given),
    description: isMeant(mask, 'description') ? about : undefined,
  };
}

function sealed({ box, options }: RestParts, row: string, given: Json) {
  refuseMask(given, 'body.value', 'send the value, or leave it out');
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  if (text.includes(MASK)) refuseMasksInside(text, options.sensitiveNames);
  return box.seal(text, { table: 'variable', row, field: 'value' });
}

/** A JSON value that was read with masks in it has lost what they stand for. */
function refuseMasksInside(text: string, sensitiveNames: readonly string[]): void {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return;
  }
  unmasked(value, undefined, 'body.value', sensitiveNames);
}

function variableBody({ box, options }: RestParts, row: VariableRow): Static<typeof VariableBody> {
  const shown = shownVariable(box, row, options.sensitiveNames);
  return { key: row.key, value: shown, description: row.description, is_encrypted: row.sealed !== null };
}
