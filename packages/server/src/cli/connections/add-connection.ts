import { readFileSync } from 'node:fs';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';
import { upsert } from '../rest/upsert.ts';
import { UsageError } from '../usage-error.ts';
import { connectionEntity } from './connection-entity.ts';

export interface AddOptions {
  readonly connType?: string;
  readonly connDescription?: string;
  readonly connHost?: string;
  readonly connPort?: string;
  readonly connLogin?: string;
  readonly connSchema?: string;
  readonly connPasswordFile?: string;
  readonly connExtraFile?: string;
  readonly connUriFile?: string;
  readonly connJsonFile?: string;
}

export async function addConnection(id: string, options: AddOptions): Promise<void> {
  const fields = fieldsOf(id, options);
  const done = await upsert(
    connect(),
    { path: apiPath`connections/${id}`, change: fields },
    { path: apiPath`connections`, make: { ...fields, connection_id: id } },
  );
  terminalOf(process.stdout).write(`Connection ${id} is ${done}.\n`);
}

export async function deleteConnection(id: string): Promise<void> {
  await connect().send(apiPath`connections/${id}`, { method: 'DELETE' });
  terminalOf(process.stdout).write(`Connection ${id} is deleted.\n`);
}

function fieldsOf(id: string, options: AddOptions) {
  const whole = options.connUriFile ?? options.connJsonFile;
  if (whole !== undefined) {
    if (Object.keys(options).length > 1) {
      throw new UsageError(
        '--conn-uri-file and --conn-json-file hold the whole connection; leave the other options out.',
      );
    }
    return connectionEntity(id, secretFile(whole), placeOf(whole));
  }
  const { connPasswordFile: password, connExtraFile: extra, connPort: port } = options;
  if (port !== undefined && !/^\d{1,5}$/.test(port))
    throw new UsageError(`--conn-port: found "${port}", expected a number.`);
  return {
    conn_type: options.connType,
    description: options.connDescription,
    host: options.connHost,
    port: port === undefined ? undefined : Number(port),
    login: options.connLogin,
    schema: options.connSchema,
    password: password === undefined ? undefined : secretFile(password),
    extra: extra === undefined ? undefined : secretFile(extra),
  };
}

/** The line's end behind a secret is not part of it. */
function secretFile(path: string): string {
  return readFileSync(path === '-' ? 0 : path, 'utf8').replace(/\r?\n$/, '');
}

function placeOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}
