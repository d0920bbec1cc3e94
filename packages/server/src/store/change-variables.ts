import type { Queryable } from './database.ts';
import type { VariableRow } from './list-variables.ts';
import type { StoredSecret } from './stored-secret.ts';

/** Makes a variable; false when the key is taken. */
export async function insertVariable(
  db: Queryable,
  { key, plain, sealed, description }: VariableRow,
): Promise<boolean> {
  const rows = await db.query(
    `insert into variable (key, value, sealed_value, description) values ($1, $2, $3, $4)
     on conflict do nothing returning key`,
    [key, plain, sealed, description],
  );
  return rows.length > 0;
}

/** Changes the fields that are given; false when there is no such variable. */
export async function updateVariable(
  db: Queryable,
  key: string,
  fields: { readonly value?: StoredSecret | undefined; readonly description?: string | null | undefined },
): Promise<boolean> {
  const { value, description } = fields;
  const rows = await db.query(
    `update variable set value = case when $2 then $3 else value end, sealed_value = case when $2 then $4 else sealed_value end,
       description = case when $5 then $6 else description end
     where key = $1 returning key`,
    [
      key,
      value !== undefined,
      value?.plain ?? null,
      value?.sealed ?? null,
      description !== undefined,
      description ?? null,
    ],
  );
  return rows.length > 0;
}

/** Removes a variable; false when there is none. */
export async function deleteVariable(db: Queryable, key: string): Promise<boolean> {
  const rows = await db.query(`delete from variable where key = $1 returning key`, [key]);
  return rows.length > 0;
}
