import { extname } from 'node:path';
import { GantryError } from '@gantry/sdk/model';
import { parse as parseYaml } from 'yaml';
import type { SecretSource } from '../secret-source.ts';
import { boundedFile } from './bounded-file.ts';

/**
 * One file with variables and one with connections, by name: JSON, YAML or lines of NAME=VALUE, as its ending says (.json,
 * .yaml, .yml, .env). A connection is a URI, or an object as in GANTRY_CONN_. Each file is read when something is asked
 * for. Null for a file that is not used. Airflow: LocalFilesystemBackend.
 */
export function localFiles(files: {
  readonly variables: string | null;
  readonly connections: string | null;
}): SecretSource {
  return {
    name: `file ${[files.variables, files.connections].filter((file) => file !== null).join(' and ')}`,
    variable: (key) => readFrom(files.variables, key),
    connection: (id) => readFrom(files.connections, id),
  };
}

async function readFrom(file: string | null, name: string): Promise<string | null> {
  if (file === null) return null;
  const text = await boundedFile(file);
  if (text === null)
    throw new GantryError('unavailable', `There is no file ${file}, which [secrets] backend_kwargs names.`);
  const value = entriesOf(file, text).get(name);
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What a parser says of a broken file may show a part of it, so it is not passed on. */
function entriesOf(file: string, text: string): ReadonlyMap<string, unknown> {
  const parse = PARSERS[extname(file)];
  if (parse === undefined) throw unusable(file, 'must end with .json, .yaml, .yml or .env');
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    throw unusable(file, 'is broken');
  }
  if (value instanceof Map) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unusable(file, 'holds no object');
  return new Map(Object.entries(value));
}

const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  '.json': (text) => JSON.parse(text),
  '.yaml': yaml,
  '.yml': yaml,
  '.env': linesOf,
};

function yaml(text: string): unknown {
  return parseYaml(text, { schema: 'core', maxAliasCount: 0, logLevel: 'error' });
}

function unusable(file: string, what: string): GantryError {
  return new GantryError('unavailable', `The file ${file} of [secrets] backend_kwargs ${what}.`);
}

function linesOf(text: string): ReadonlyMap<string, string> {
  const pairs = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
    .map((line): [string, string] => {
      const equals = line.indexOf('=');
      if (equals < 1) throw new Error('A line is not NAME=VALUE.');
      return [line.slice(0, equals).trim(), line.slice(equals + 1).trim()];
    });
  return new Map(pairs);
}
