import { GantryError, type Json } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import { deleteVariable, insertVariable, updateVariable } from '../../store/change-variables.ts';
import type { Queryable } from '../../store/database.ts';
import { listVariables, readVariable, type VariableRow } from '../../store/list-variables.ts';
import type { Routes } from '../routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { NullableText, nullable } from './nullable.ts';
import { PageFields, pageOf } from './page-query.ts';
import type { RestParts } from './rest-parts.ts';
import { MASK, shownValue } from './secret-value.ts';

const closed = { additionalProperties: false };
const Params = Type.Object({ variable_key: Type.String() });
const VariableBody = Type.Object({
  key: Type.String(),
  value: Type.String({ description: `${MASK} when the key sounds like a secret.` }),
  description: NullableText,
  is_encrypted: Type.Boolean(),
});
const VariableListBody = Type.Object({ variables: Type.Array(VariableBody), total_entries: Type.Integer() });
const ListQuery = Type.Object({ ...PageFields, variable_key_pattern: Type.Optional(Type.String()) }, closed);

const value = Type.Unsafe<Json>({ description: 'A text is kept as it is, anything else as JSON.' });
const description = Type.Optional(nullable(Type.String({ maxLength: 1000 })));
const MakeBody = Type.Object({ key: Type.String({ minLength: 1, maxLength: 250 }), value, description }, closed);
const ChangeBody = Type.Object({ key: Type.Optional(Type.String()), value: Type.Optional(value), description }, closed);

/** Variables: list, get, make, change, delete. */
export function variableRoutes(app: Routes, parts: RestParts): void {
  readRoutes(app, parts);
  changeRoutes(app, parts);
}

function readRoutes(app: Routes, { database, options }: RestParts): void {
  const tags = ['Variable'];
  app.get(
    '/api/v2/variables',
    { schema: { tags, querystring: ListQuery, response: { 200: VariableListBody, ...ErrorResponses } } },
    async ({ query }) => {
      const { rows, total } = await listVariables(
        database,
        query.variable_key_pattern,
        pageOf(query, options.maximumPageLimit),
      );
      return { variables: rows.map(variableBody), total_entries: total };
    },
  );
  app.get(
    '/api/v2/variables/:variable_key',
    { schema: { tags, params: Params, response: { 200: VariableBody, ...ErrorResponses } } },
    async ({ params }) => requireVariable(database, params.variable_key),
  );
}

function changeRoutes(app: Routes, { database }: RestParts): void {
  const tags = ['Variable'];
  app.post(
    '/api/v2/variables',
    { schema: { tags, body: MakeBody, response: { 201: VariableBody, ...ErrorResponses } } },
    async ({ body }, reply) => {
      const variable = { key: body.key, value: valueText(body.value), description: body.description ?? null };
      if (!(await insertVariable(database, variable)))
        throw new GantryError('conflict', `There is a variable ${body.key} already.`);
      return reply.code(201).send(variableBody(variable));
    },
  );
  const querystring = Type.Object(
    { update_mask: Type.Optional(Type.Array(Type.Enum(['value', 'description']))) },
    closed,
  );
  const change = {
    tags,
    params: Params,
    querystring,
    body: ChangeBody,
    response: { 200: VariableBody, ...ErrorResponses },
  };
  app.patch('/api/v2/variables/:variable_key', { schema: change }, async ({ params, query, body }) => {
    const key = params.variable_key;
    if (body.key !== undefined && body.key !== key) {
      throw new GantryError('invalid', 'body.key: a variable cannot be renamed, since tasks name it; make another.');
    }
    const isMeant = (field: 'value' | 'description') => query.update_mask?.includes(field) ?? true;
    const isFound = await updateVariable(database, key, {
      value: body.value === undefined || !isMeant('value') ? undefined : valueText(body.value),
      description: isMeant('description') ? body.description : undefined,
    });
    if (!isFound) throw noVariable(key);
    return requireVariable(database, key);
  });
  app.delete(
    '/api/v2/variables/:variable_key',
    { schema: { tags, params: Params, response: { 204: Type.Null(), ...ErrorResponses } } },
    async ({ params }, reply) => {
      if (!(await deleteVariable(database, params.variable_key))) throw noVariable(params.variable_key);
      return reply.code(204).send(null);
    },
  );
}

async function requireVariable(database: Queryable, key: string) {
  const row = await readVariable(database, key);
  if (row === null) throw noVariable(key);
  return variableBody(row);
}

function valueText(given: Json): string {
  if (given === MASK) {
    throw new GantryError(
      'invalid',
      `body.value: ${MASK} is what the API shows in place of a secret; send the value, or leave it out.`,
    );
  }
  return typeof given === 'string' ? given : JSON.stringify(given);
}

function variableBody(row: VariableRow): Static<typeof VariableBody> {
  return { ...row, value: shownValue(row.key, row.value), is_encrypted: false };
}

function noVariable(key: string): GantryError {
  return new GantryError('not_found', `There is no variable ${key}.`);
}
