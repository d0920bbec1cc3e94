// Writes what Gantry knows of the fields of a pod, from the OpenAPI document of a Kubernetes API server:
//   node scripts/write-pod-schema.mjs KUBECONFIG
//   kubectl get --raw /openapi/v3/api/v1 > api.json && node scripts/write-pod-schema.mjs api.json VERSION
// One source for two files: the table that templates and overrides are checked against, and the type of podOverride.
// `--into FOLDER` writes them below another folder than the repository's.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';

const { values: options, positionals } = parseArgs({ options: { into: { type: 'string' } }, allowPositionals: true });
const [sourcePath, givenVersion] = positionals;
if (sourcePath === undefined) {
  console.error(
    'Usage: node scripts/write-pod-schema.mjs KUBECONFIG | OPENAPI_V3_OF_API_V1.json VERSION [--into FOLDER]',
  );
  process.exit(2);
}
const repository = join(dirname(fileURLToPath(import.meta.url)), '..');
const root = options.into ?? repository;
const { document, version } = await readSource();
const schemas = document.components.schemas;

async function readSource() {
  const source = parse(readFileSync(sourcePath, 'utf8'), { maxAliasCount: 0 });
  if (source?.kind === 'Config') {
    const { major, minor } = await get(source, '/version');
    return { document: await get(source, '/openapi/v3/api/v1'), version: `${major}.${minor.replace(/\D/g, '')}` };
  }
  if (source?.components?.schemas?.['io.k8s.api.core.v1.Pod'] !== undefined && givenVersion !== undefined)
    return { document: source, version: givenVersion };
  console.error(
    `${sourcePath} is neither a kubeconfig nor, with a VERSION after it, the OpenAPI v3 document of api/v1.`,
  );
  process.exit(2);
}

/** The kubeconfig's current context; certificates and tokens that stand in the file or in files it names. */
function get(kubeconfig, path) {
  const named = (list, name) => kubeconfig[list].find((entry) => entry.name === name);
  const { cluster: clusterName, user: userName } = named('contexts', kubeconfig['current-context']).context;
  const { cluster } = named('clusters', clusterName);
  const { user } = named('users', userName);
  const pem = (entry, field) => {
    if (entry[`${field}-data`] !== undefined) return Buffer.from(entry[`${field}-data`], 'base64');
    return entry[field] === undefined ? undefined : readFileSync(join(dirname(sourcePath), entry[field]));
  };
  const settings = {
    ca: pem(cluster, 'certificate-authority'),
    cert: pem(user, 'client-certificate'),
    key: pem(user, 'client-key'),
    headers: user.token === undefined ? {} : { authorization: `Bearer ${user.token}` },
    timeout: 30_000,
  };
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, cluster.server), settings, async (answer) => {
      const parts = [];
      for await (const part of answer) parts.push(part);
      if (answer.statusCode === 200) resolve(JSON.parse(Buffer.concat(parts).toString()));
      else reject(new Error(`${path} was answered with ${answer.statusCode}.`));
    });
    sent.on('timeout', () => sent.destroy(new Error(`${path} was not answered within 30 s.`)));
    sent.on('error', reject).end();
  });
}

const WRITTEN = '// Written by scripts/write-pod-schema.mjs; do not edit.';
const SCALARS = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'int-or-string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'any',
  // A template or an override has none; its fields are the cluster's.
  'io.k8s.api.core.v1.PodStatus': 'any',
};
const TYPE_NAMES = { string: 'string', integer: 'integer', number: 'number', boolean: 'boolean', object: 'any' };

const shortName = (name) => name.slice(name.lastIndexOf('.') + 1);

/** The kind of a field in the table's notation; `found` collects the types it names. */
function kindOf(schema, found) {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (reference !== undefined) {
    const name = reference.split('/').at(-1);
    if (SCALARS[name] !== undefined) return SCALARS[name];
    found.add(name);
    return shortName(name);
  }
  if (schema.enum !== undefined) return `~${schema.enum.join('|')}`;
  if (schema.type === 'array') return `[${kindOf(schema.items, found)}]`;
  if (schema.additionalProperties !== undefined) return `{${kindOf(schema.additionalProperties, found)}}`;
  return TYPE_NAMES[schema.type];
}

function collect() {
  const types = new Map();
  const open = ['io.k8s.api.core.v1.Pod'];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (types.has(shortName(name))) continue;
    const { properties = {}, required = [], description = '' } = schemas[name];
    const found = new Set();
    const fields = Object.entries(properties).map(([field, schema]) => ({
      field,
      kind: kindOf(schema, found),
      required: required.includes(field),
      about: firstSentence(schema.description),
      mergeKey: schema['x-kubernetes-patch-strategy']?.includes('merge')
        ? (schema['x-kubernetes-patch-merge-key'] ?? '')
        : null,
    }));
    types.set(shortName(name), { fields, about: firstSentence(description) });
    open.push(...found);
  }
  return [...types].sort(([left], [right]) => (left < right ? -1 : 1));
}

function firstSentence(text = '') {
  const line = text.split('\n')[0].trim();
  const end = line.search(/\.(\s|$)/);
  const sentence = end < 0 ? line : line.slice(0, end + 1);
  return sentence.length > 160 ? '' : sentence.replaceAll('*/', '* /');
}

function table(types) {
  const lines = types.map(([name, { fields }]) => {
    const words = fields.map(({ field, kind, required, mergeKey }) => {
      const merge = mergeKey === null ? '' : `@${mergeKey}`;
      return `${field}${required ? '!' : ''}=${kind}${merge}`;
    });
    return `${name}: ${words.join(' ')}`;
  });
  return `${WRITTEN}

/** The Kubernetes version whose pod this is. */
export const KUBERNETES_VERSION = '${version}';

/**
 * The fields of a pod, a type a line. Notation of a field: its name, \`!\` when it is required, \`=\` and its kind: string,
 * integer, number, boolean, quantity, int-or-string, time, any, \`~\` and the allowed values, another type's name,
 * \`[kind]\` a list, \`{kind}\` a map of it; \`@\` and the merge key when strategic merge joins its items.
 */
export const POD_TYPES = \`
${lines.join('\n')}
\`;
`;
}

/** What only the cluster or Gantry writes. */
const NOT_OF_OVERRIDES = new Set(
  'name generateName selfLink uid resourceVersion generation creationTimestamp deletionTimestamp deletionGracePeriodSeconds managedFields'.split(
    ' ',
  ),
);

const TYPES_OF_KINDS = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  quantity: 'Quantity',
  'int-or-string': 'IntOrString',
  time: 'string',
  any: 'JsonObject',
};

function typeOf(kind) {
  if (kind.startsWith('~')) {
    return kind
      .slice(1)
      .split('|')
      .map((value) => `'${value}'`)
      .join(' | ');
  }
  if (kind.startsWith('[')) {
    const item = typeOf(kind.slice(1, -1));
    return item.includes('|') ? `readonly (${item})[]` : `readonly ${item}[]`;
  }
  if (kind.startsWith('{')) return `{ readonly [name: string]: ${typeOf(kind.slice(1, -1))} | null }`;
  return TYPES_OF_KINDS[kind] ?? `${kind}Override`;
}

function typeScript(types) {
  const interfaces = types.map(([name, { fields, about }]) => {
    const isPod = name === 'Pod';
    const lines = fields
      .filter(({ field }) => !(isPod && field === 'status'))
      .filter(({ field }) => !(name === 'ObjectMeta' && NOT_OF_OVERRIDES.has(field)))
      .map(({ field, kind, required, about: words }) => {
        const type = isPod && field === 'apiVersion' ? "'v1'" : isPod && field === 'kind' ? "'Pod'" : typeOf(kind);
        const unset = required || isPod ? '' : ' | null';
        return `${words === '' ? '' : `  /** ${words} */\n`}  readonly ${field}?: ${type}${unset};`;
      });
    const head = about === '' ? '' : `/** ${about} */\n`;
    return `${head}export interface ${name}Override extends PatchDirectives {\n${lines.join('\n')}\n}`;
  });
  return `${WRITTEN}
import type { JsonObject } from '../model/index.ts';

/** Directives of Kubernetes' strategic merge. */
export interface PatchDirectives {
  readonly $patch?: 'replace' | 'delete' | 'merge';
  readonly $retainKeys?: readonly string[];
}

/** An amount such as \`500m\`, \`2\` or \`1Gi\`. */
export type Quantity = string | number;
/** A number, or a name or percentage. */
export type IntOrString = number | string;

${interfaces.join('\n\n')}
`;
}

/** As the repository's formatter leaves it, so that writing again changes nothing. */
function formatted(path, text) {
  const biome = join(repository, 'node_modules/@biomejs/biome/bin/biome');
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${path}`], {
    cwd: repository,
    input: text,
    maxBuffer: 16 * 1024 * 1024,
  });
}

const types = collect();
const write = (path, text) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), formatted(path, text));
  console.log(`Wrote ${path}.`);
};
write('packages/server/src/kube/pod/schema/pod-types.ts', table(types));
write('packages/sdk/src/author/pod-types.ts', typeScript(types));
