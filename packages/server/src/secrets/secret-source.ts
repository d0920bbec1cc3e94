/**
 * Somewhere outside Gantry where variables and connections may stand: the environment, a file, a folder, a vault. This is
 * what a backend of your own implements; see docs/secrets.md. Null means that there is none; whoever cannot tell (no
 * answer, no right) must throw instead, since null lets the next place be asked.
 */
export interface SecretSource {
  /** For people, e.g. `environment` or `folder /run/secrets`. Nothing secret. */
  readonly name: string;
  /** The text of a variable. */
  variable(key: string): Promise<string | null>;
  /** A connection as a URI or JSON, as in GANTRY_CONN_... */
  connection(connectionId: string): Promise<string | null>;
}
