import { writeFileSync } from 'node:fs';
import { jsonObjectFile } from '../json-argument.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { bulkSet } from '../rest/bulk-set.ts';
import { connect } from '../rest/connect.ts';
import { listAll } from '../rest/list-all.ts';
import { UsageError } from '../usage-error.ts';
import type { PoolBody } from './pool-body.ts';

/** Sets the pools of a file as `pools export` writes it. */
export async function importPools(file: string): Promise<void> {
  const entities = Object.entries(jsonObjectFile(file)).map(([name, value]) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value, name };
    throw new UsageError(`${file}: the pool ${JSON.stringify(name)} is no object; expected {"slots": NUMBER}.`);
  });
  await bulkSet('pools', entities);
  terminalOf(process.stdout).write(`${counted(entities.length, 'is', 'are')} set.\n`);
}

export async function exportPools(file: string): Promise<void> {
  const pools = await listAll<PoolBody>(connect(), apiPath`pools`, 'pools', { order_by: 'name' });
  const entries = pools.map(({ name, slots, description, include_deferred }) => [
    name,
    { slots, description, include_deferred },
  ]);
  const text = `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
  if (file === '-') return terminalOf(process.stdout).write(text);
  writeFileSync(file, text);
  terminalOf(process.stdout).write(`${counted(pools.length, 'is', 'are')} in ${file}.\n`);
}

function counted(count: number, one: string, more: string): string {
  return count === 1 ? `1 pool ${one}` : `${count} pools ${more}`;
}
