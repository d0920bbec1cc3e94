import { GantryError } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import type { Queryable } from '../../store/database.ts';
import { type AccountRow, listAccounts, readAccount } from '../../store/list-accounts.ts';
import { audited } from '../audit/audited.ts';
import { ROLES } from '../permissions.ts';
import { ErrorResponses } from '../rest/error-responses.ts';
import { NullableText, nullable } from '../rest/nullable.ts';
import { PageFields, pageOf } from '../rest/page-query.ts';
import type { RestParts } from '../rest/rest-parts.ts';
import type { Routes } from '../routes.ts';
import {
  changeAccount,
  createAccount,
  grantDag,
  noAccount,
  removeAccount,
  revokeDag,
  USERNAME_PATTERN,
} from './account-changes.ts';
import { hashPassword, randomPassword, requirePassword } from './password.ts';

const tags = ['Gantry'];
const closed = { additionalProperties: false };
const GrantRole = Type.Enum(['viewer', 'user']);
const RoleOrNull = Type.Unsafe<AccountRow['role']>({ type: ['string', 'null'], enum: [...ROLES, null] });

const UserBody = Type.Object({
  username: Type.String(),
  role: RoleOrNull,
  grants: Type.Array(Type.Object({ dag_id: Type.String(), role: GrantRole })),
  email: NullableText,
  is_disabled: Type.Boolean(),
  has_password: Type.Boolean(),
  issuer: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Of the provider that it signs in by.' }),
  created_at: Type.String(),
  signed_in_at: NullableText,
});
const UserListBody = Type.Object({ users: Type.Array(UserBody), total_entries: Type.Integer() });
const MadeUserBody = Type.Object({
  ...UserBody.properties,
  password: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'The random password when none was given; shown this once.',
  }),
});
const Password = Type.String({ minLength: 1, maxLength: 1000 });
const MakeBody = Type.Object(
  {
    username: Type.String({ pattern: USERNAME_PATTERN }),
    role: RoleOrNull,
    password: Type.Optional(nullable(Password)),
  },
  closed,
);
const ChangeBody = Type.Object(
  { role: Type.Optional(RoleOrNull), is_disabled: Type.Optional(Type.Boolean()), password: Type.Optional(Password) },
  closed,
);
const ListQuery = Type.Object({ ...PageFields, username_pattern: Type.Optional(Type.String()) }, closed);
const Params = Type.Object({ username: Type.String() });
const GrantParams = Type.Object({ username: Type.String(), dag_id: Type.String({ minLength: 1, maxLength: 250 }) });

/** Accounts: list, get, make, change, delete, and what they may do with single DAGs. */
export function userRoutes(app: Routes, parts: RestParts): void {
  readRoutes(app, parts);
  makeRoute(app, parts);
  changeRoutes(app, parts);
  grantRoutes(app, parts);
}

function readRoutes(app: Routes, { database, options }: RestParts): void {
  const list = { tags, querystring: ListQuery, response: { 200: UserListBody, ...ErrorResponses } };
  app.get('/api/v2/gantry/users', { schema: list }, async ({ query }) => {
    const page = pageOf(query, options.maximumPageLimit);
    const { rows, total } = await listAccounts(database, query.username_pattern, page);
    return { users: rows.map(userBody), total_entries: total };
  });
  const one = { tags, params: Params, response: { 200: UserBody, ...ErrorResponses } };
  app.get('/api/v2/gantry/users/:username', { schema: one }, async ({ params }) =>
    userBody(await requireAccount(database, params.username)),
  );
}

function makeRoute(app: Routes, { database, random }: RestParts): void {
  const schema = { tags, body: MakeBody, response: { 201: MadeUserBody, ...ErrorResponses } };
  app.post('/api/v2/gantry/users', { schema }, async (request, reply) => {
    const { username, role, password: given = null } = request.body;
    if (given !== null) requirePassword(given, username);
    const made = given === null ? randomPassword(random) : null;
    const passwordHash = await hashPassword(given ?? made!);
    await audited(request, database, (tx, note) => createAccount({ tx, note }, { username, passwordHash, role }));
    return reply.code(201).send({ ...userBody(await requireAccount(database, username)), password: made });
  });
}

function changeRoutes(app: Routes, { database }: RestParts): void {
  const change = { tags, params: Params, body: ChangeBody, response: { 200: UserBody, ...ErrorResponses } };
  app.patch('/api/v2/gantry/users/:username', { schema: change }, async (request) => {
    const { username } = request.params;
    const { password, role, is_disabled: isDisabled } = request.body;
    if (password === undefined && role === undefined && isDisabled === undefined) {
      throw new GantryError('invalid', 'body: found no field to change, expected role, is_disabled or password.');
    }
    if (password !== undefined) requirePassword(password, username);
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    const fields = { passwordHash, role, isDisabled };
    await audited(request, database, (tx, note) => changeAccount({ tx, note }, username, fields));
    return userBody(await requireAccount(database, username));
  });
  const remove = { tags, params: Params, response: { 204: Type.Null(), ...ErrorResponses } };
  app.delete('/api/v2/gantry/users/:username', { schema: remove }, async (request, reply) => {
    await audited(request, database, (tx, note) => removeAccount({ tx, note }, request.params.username));
    return reply.code(204).send(null);
  });
}

function grantRoutes(app: Routes, { database }: RestParts): void {
  const path = '/api/v2/gantry/users/:username/grants/:dag_id';
  const body = Type.Object({ role: GrantRole }, closed);
  const put = { tags, params: GrantParams, body, response: { 200: UserBody, ...ErrorResponses } };
  app.put(path, { schema: put }, async (request) => {
    const { username, dag_id: dagId } = request.params;
    const { role } = request.body;
    await audited(request, database, (tx, note) => grantDag({ tx, note }, username, { dagId, role }));
    return userBody(await requireAccount(database, username));
  });
  const take = { tags, params: GrantParams, response: { 204: Type.Null(), ...ErrorResponses } };
  app.delete(path, { schema: take }, async (request, reply) => {
    const { username, dag_id: dagId } = request.params;
    await audited(request, database, (tx, note) => revokeDag({ tx, note }, username, dagId));
    return reply.code(204).send(null);
  });
}

async function requireAccount(database: Queryable, username: string): Promise<AccountRow> {
  const row = await readAccount(database, username);
  if (row === null) throw noAccount(username);
  return row;
}

function userBody({ grants, ...row }: AccountRow): Static<typeof UserBody> {
  return { ...row, grants: grants.map(({ dagId, role }) => ({ dag_id: dagId, role })) };
}
