import { getRouteApi } from '@tanstack/react-router';
import type { Answer } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { PageTitle } from '../parts/page-title.tsx';
import { type Column, pageQuery, Rows } from '../parts/rows.tsx';
import { Answered } from '../parts/trouble.tsx';
import { SlotsBar } from './slots-bar.tsx';

const route = getRouteApi('/pools');
type Pool = Answer<'GET /api/v2/pools'>['pools'][number];

const slots = (count: number): string => (count < 0 ? 'unlimited' : String(count));
const COLUMNS: readonly Column<Pool>[] = [
  { title: 'Pool', order: 'name', cell: (pool) => pool.name },
  { title: 'Use', cell: (pool) => <SlotsBar pool={pool} /> },
  { title: 'Slots', order: 'slots', cell: (pool) => slots(pool.slots), isNumber: true },
  { title: 'Running', cell: (pool) => pool.running_slots, isNumber: true },
  { title: 'Queued', cell: (pool) => pool.queued_slots, isNumber: true },
  { title: 'Waiting', cell: (pool) => pool.scheduled_slots, isNumber: true },
  { title: 'Open', cell: (pool) => slots(pool.open_slots), isNumber: true },
  { title: 'Description', cell: (pool) => pool.description ?? '', isWide: true },
];

/** The pools, and how full they are. */
export function PoolsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const pools = useAnswer(
    'GET /api/v2/pools',
    { query: pageQuery(search, 'name') },
    { isLive: (data) => data.pools.some((pool) => pool.occupied_slots + pool.scheduled_slots > 0) },
  );
  return (
    <>
      <PageTitle title="Pools" />
      <Answered query={pools}>
        {(data) => (
          <Rows
            label="Pools"
            columns={COLUMNS}
            rows={data.pools}
            keyOf={(pool) => pool.name}
            total={data.total_entries}
            paging={search}
            onPaging={(paging) => void navigate({ search: paging, replace: true })}
            nothing="There are no pools."
          />
        )}
      </Answered>
    </>
  );
}
