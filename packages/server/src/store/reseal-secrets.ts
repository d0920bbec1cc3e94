import type { Queryable } from './database.ts';
import { keyIdOfColumn, type StoredSecret } from './stored-secret.ts';

/** A secret of any row, with the place that is bound into its seal. */
export interface SecretCell extends StoredSecret {
  readonly table: 'variable' | 'connection';
  readonly row: string;
  readonly field: 'value' | 'password' | 'extra';
}

/** Every secret that is stored. An empty extra is none. */
const CELLS = `(
  select 'variable' as "table", key as "row", 'value' as field, value as plain, sealed_value as sealed from variable
  union all
  select 'connection', connection_id, 'password', password, sealed_password from connection
  where password is not null or sealed_password is not null
  union all
  select 'connection', connection_id, 'extra', case when sealed_extra is null then extra::text end, sealed_extra from connection
  where extra <> '{}' or sealed_extra is not null
) as cell`;

/** How many secrets are sealed under each key; `keyId` null is for those that stand plain. */
export async function countSecrets(
  db: Queryable,
): Promise<readonly { readonly keyId: string | null; readonly count: number }[]> {
  return db.query(
    `select ${keyIdOfColumn('cell.sealed')} as "keyId", count(*) as count from ${CELLS} group by 1 order by 1 nulls first`,
  );
}

/** The next secrets behind `after` that are not sealed under the key, in order of table, row and field. */
export async function listForeignSecrets(
  db: Queryable,
  keyId: string,
  after: Pick<SecretCell, 'table' | 'row' | 'field'> | null,
  limit: number,
): Promise<readonly SecretCell[]> {
  const { table, row, field } = after ?? { table: '', row: '', field: '' };
  return db.query<SecretCell>(
    `select cell.* from ${CELLS} where ${keyIdOfColumn('cell.sealed')} is distinct from $1
       and (cell."table" collate "C", cell."row" collate "C", cell.field collate "C") > ($2::text, $3::text, $4::text)
     order by cell."table" collate "C", cell."row" collate "C", cell.field collate "C" limit $5`,
    [keyId, table, row, field, limit],
  );
}

/** One statement a field: the new seal is stored unless somebody has changed the secret meanwhile. */
const REPLACE: Readonly<Record<SecretCell['field'], string>> = {
  value: `update variable set value = null, sealed_value = $2
    where key = $1 and value is not distinct from $3 and sealed_value is not distinct from $4 returning key`,
  password: `update connection set password = null, sealed_password = $2
    where connection_id = $1 and password is not distinct from $3 and sealed_password is not distinct from $4 returning connection_id`,
  extra: `update connection set extra = '{}', sealed_extra = $2
    where connection_id = $1 and (sealed_extra is not null or extra::text = $3) and sealed_extra is not distinct from $4 returning connection_id`,
};

/** Stores a secret anew under another key; false when it was changed or removed since it was read. */
export async function replaceSecret(db: Queryable, cell: SecretCell, sealed: Buffer): Promise<boolean> {
  const rows = await db.query(REPLACE[cell.field], [cell.row, sealed, cell.plain, cell.sealed]);
  return rows.length > 0;
}
