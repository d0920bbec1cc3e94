import { fastify } from 'fastify';
import { collectOpenApi } from '../../packages/server/src/api/open-api.ts';
import { API_DEFAULTS } from '../../packages/server/src/api/options.ts';
import { OpenStreams } from '../../packages/server/src/api/rest/open-streams.ts';
import { restRoutes } from '../../packages/server/src/api/rest/rest-routes.ts';
import type { Routes } from '../../packages/server/src/api/routes.ts';
import { compileValidator } from '../../packages/server/src/api/validation.ts';

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Operation {
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema?: Schema }[];
  readonly requestBody?: Content;
  readonly responses?: Readonly<Record<string, Content>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** The OpenAPI document of every route of the REST API, without a server or a database. */
export async function openApiDocument(): Promise<Document> {
  const app: Routes = fastify() as unknown as Routes;
  app.setValidatorCompiler(compileValidator);
  await collectOpenApi(app, '0.0.0');
  const never = (): never => {
    throw new Error('No request is made here.');
  };
  const parts = new Proxy({}, { get: () => never });
  const streams = new OpenStreams(new AbortController().signal, async () => true);
  const given = { options: API_DEFAULTS, streams, database: parts, clock: parts, random: parts, code: parts };
  restRoutes(app, given as never, parts as never);
  await app.ready();
  const document = app.swagger() as unknown as Document;
  await app.close();
  return document;
}

/** The REST API as one TypeScript type, for the web page: by route its path, query, body and answer. */
export function routesAsTypes({ paths }: Document): string {
  const lines = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const of = (where: string) => parameters(operation, where);
      const parts = `path: ${of('path')}; query: ${of('query')}; body: ${body(operation)}; answer: ${answer(operation)}`;
      return `  ${JSON.stringify(`${method.toUpperCase()} ${path}`)}: { ${parts} };`;
    }),
  );
  return [
    '// Written by scripts/write-api-types.mjs from the schemas that the API checks requests by. Do not edit.',
    '',
    '/** Every route of the REST API. */',
    'export interface Routes {',
    ...lines,
    '}',
    '',
  ].join('\n');
}

function parameters({ parameters: all = [] }: Operation, where: string): string {
  const fields = all.filter((one) => one.in === where);
  const texts = fields.map(
    ({ name, required, schema }) => `${JSON.stringify(name)}${required === true ? '' : '?'}: ${typeOf(schema ?? {})}`,
  );
  return `{ ${texts.join('; ')} }`;
}

function body({ requestBody }: Operation): string {
  const schema = requestBody?.content?.['application/json']?.schema;
  return schema === undefined ? 'undefined' : typeOf(schema);
}

function answer({ responses = {} }: Operation): string {
  const good = Object.entries(responses).filter(([status]) => /^2/.test(status));
  const types = good.map(([, { content }]) => {
    const schema = content?.['application/json']?.schema;
    return schema === undefined ? 'null' : typeOf(schema);
  });
  return [...new Set(types)].join(' | ') || 'null';
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const union = schema.anyOf ?? schema.oneOf;
  if (union !== undefined) return `(${[...new Set(union.map(typeOf))].join(' | ')})`;
  if (schema.allOf !== undefined) return schema.allOf.map(typeOf).join(' & ');
  const kinds = schema.type === undefined ? [] : [schema.type].flat();
  const types = kinds.map((kind) => typeOfKind(kind, schema));
  return types.length === 0 ? 'unknown' : types.length === 1 ? types[0]! : `(${types.join(' | ')})`;
}

function typeOfKind(kind: string, schema: Schema): string {
  switch (kind) {
    case 'string':
    case 'boolean':
    case 'null':
      return kind;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      if (schema.prefixItems !== undefined) return `[${schema.prefixItems.map(typeOf).join(', ')}]`;
      if (Array.isArray(schema.items)) return `[${(schema.items as readonly Schema[]).map(typeOf).join(', ')}]`;
      return `(${typeOf(schema.items ?? {})})[]`;
    default:
      return objectType(schema);
  }
}

function objectType({ properties = {}, required = [], additionalProperties, patternProperties }: Schema): string {
  const fields = Object.entries(properties).map(
    ([name, schema]) => `${JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  );
  if (fields.length > 0) return `{ ${fields.join('; ')} }`;
  const [pattern] = Object.values(patternProperties ?? {});
  const values = pattern ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
  return `{ [name: string]: ${values === undefined ? 'unknown' : typeOf(values)} }`;
}

/** The written files by path; a test compares them with what stands there. */
export async function apiFiles(): Promise<Readonly<Record<string, string>>> {
  const document = await openApiDocument();
  return {
    'docs/openapi.json': `${JSON.stringify(document, null, 2)}\n`,
    'packages/ui/src/api/routes.ts': routesAsTypes(document),
  };
}
