import type { OutputFormat } from '../output/output-format.ts';
import { type Column, printRows } from '../output/print-rows.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';
import { listAll } from '../rest/list-all.ts';
import type { PoolBody } from './pool-body.ts';

export async function listPools(options: { readonly output: OutputFormat }): Promise<void> {
  const pools = await listAll<PoolBody>(connect(), apiPath`pools`, 'pools', { order_by: 'name' });
  const slots = (count: number): string => (count < 0 ? 'unlimited' : String(count));
  const columns: Column<PoolBody>[] = [
    { key: 'pool', value: (pool) => pool.name, whole: true },
    { key: 'slots', value: (pool) => pool.slots, shown: (pool) => slots(pool.slots), right: true },
    { key: 'running_slots', value: (pool) => pool.running_slots, title: 'running', right: true },
    { key: 'queued_slots', value: (pool) => pool.queued_slots, title: 'queued', right: true },
    { key: 'scheduled_slots', value: (pool) => pool.scheduled_slots, title: 'waiting', right: true },
    {
      key: 'open_slots',
      value: (pool) => pool.open_slots,
      shown: (pool) => slots(pool.open_slots),
      title: 'open',
      right: true,
    },
    { key: 'description', value: (pool) => pool.description },
    { key: 'include_deferred', value: (pool) => pool.include_deferred, onlyData: true },
  ];
  await printRows(terminalOf(process.stdout), options.output, columns, pools, 'There are no pools.');
}
