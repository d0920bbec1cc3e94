import type { JsonObject } from '@gantry/sdk/model';

/** A connection as its row holds it: password and extra plain or sealed, never both; see stored-secret.ts. */
export interface ConnectionRow {
  readonly connectionId: string;
  readonly connType: string;
  readonly description: string | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly login: string | null;
  readonly schema: string | null;
  readonly password: string | null;
  readonly sealedPassword: Buffer | null;
  /** Empty when it is sealed. */
  readonly extra: JsonObject;
  readonly sealedExtra: Buffer | null;
}

/** SQL: the columns of table `c` as a ConnectionRow. */
export const CONNECTION_COLUMNS = `c.connection_id as "connectionId", c.conn_type as "connType", c.description, c.host, c.port, c.login,
  c.schema, c.password, c.sealed_password as "sealedPassword", c.extra, c.sealed_extra as "sealedExtra"`;
