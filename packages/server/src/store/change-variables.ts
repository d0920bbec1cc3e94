import type { Queryable } from './database.ts';
import type { VariableRow } from './list-variables.ts';

/** Makes a variable; false when the key is taken. */
export async function insertVariable(db: Queryable, variable: VariableRow): Promise<boolean> {
  const rows = await db.query(
    `insert into variable (key, value, description) values ($1, $2, $3) on conflict do nothing returning key`,
    [variable.key, variable.value, variable.description],
  );
  return rows.length > 0;
}

/** Changes the fields that are given; false when there is no such variable. */
export async function updateVariable(
  db: Queryable,
  key: string,
  fields: { readonly value?: string | undefined; readonly description?: string | null | undefined },
): Promise<boolean> {
  const rows = await db.query(
    `update variable set value = coalesce($2, value), description = case when $3 then $4 else description end
     where key = $1 returning key`,
    [key, fields.value ?? null, fields.description !== undefined, fields.description ?? null],
  );
  return rows.length > 0;
}

/** Removes a variable; false when there is none. */
export async function deleteVariable(db: Queryable, key: string): Promise<boolean> {
  const rows = await db.query(`delete from variable where key = $1 returning key`, [key]);
  return rows.length > 0;
}
