/** A connection as the API tells it: secrets are masked. */
export interface ConnectionBody {
  readonly connection_id: string;
  readonly conn_type: string;
  readonly description: string | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly login: string | null;
  readonly schema: string | null;
  readonly password: string | null;
  readonly extra: string | null;
}
