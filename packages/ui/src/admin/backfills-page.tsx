import { Button, Group } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { Answer } from '../api/call.ts';
import { mayDo, useSession } from '../api/session.ts';
import { useAnswer, useChange } from '../api/use-answer.ts';
import { Moment } from '../parts/moment.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { type Column, pageQuery, Rows } from '../parts/rows.tsx';
import { Answered } from '../parts/trouble.tsx';

const route = getRouteApi('/backfills');
type Backfill = Answer<'GET /api/v2/backfills'>['backfills'][number];

const COLUMNS: readonly Column<Backfill>[] = [
  { title: 'DAG', order: 'dag_id', cell: (backfill) => backfill.dag_id },
  { title: 'From', order: 'from_date', cell: (backfill) => <Moment at={backfill.from_date} absolute />, isWide: true },
  { title: 'To', order: 'to_date', cell: (backfill) => <Moment at={backfill.to_date} absolute />, isWide: true },
  { title: 'Runs', cell: (backfill) => countsOf(backfill) },
  { title: 'Made', order: 'created_at', cell: (backfill) => <Moment at={backfill.created_at} />, isWide: true },
  { title: 'Ended', order: 'completed_at', cell: (backfill) => <Moment at={backfill.completed_at} /> },
  { title: 'Change', cell: (backfill) => <Changes backfill={backfill} /> },
];

/** Backfills of all DAGs: how far they are; pause, go on, cancel. */
export function BackfillsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const backfills = useAnswer(
    'GET /api/v2/backfills',
    { query: pageQuery(search, '-id') },
    { isLive: (data) => data.backfills.some((one) => one.completed_at === null) },
  );
  return (
    <>
      <PageTitle title="Backfills" />
      <Answered query={backfills}>
        {(data) => (
          <Rows
            label="Backfills"
            columns={COLUMNS}
            rows={data.backfills}
            keyOf={(backfill) => String(backfill.id)}
            total={data.total_entries}
            paging={search}
            onPaging={(paging) => void navigate({ search: paging, replace: true })}
            nothing="There are no backfills. `gantry backfill create` makes one."
          />
        )}
      </Answered>
    </>
  );
}

function Changes({ backfill }: { readonly backfill: Backfill }) {
  const { data: session } = useSession();
  const pause = useChange('PUT /api/v2/backfills/{backfill_id}/pause');
  const unpause = useChange('PUT /api/v2/backfills/{backfill_id}/unpause');
  const cancel = useChange('PUT /api/v2/backfills/{backfill_id}/cancel');
  if (backfill.completed_at !== null || !mayDo(session, 'user', backfill.dag_id)) return null;
  const ask = { path: { backfill_id: backfill.id } };
  return (
    <Group gap={4} wrap="nowrap">
      <Button
        size="compact-xs"
        variant="default"
        loading={pause.isPending || unpause.isPending}
        onClick={() => (backfill.is_paused ? unpause : pause).mutate(ask)}
      >
        {backfill.is_paused ? 'Go on' : 'Pause'}
      </Button>
      <Button size="compact-xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(ask)}>
        Cancel
      </Button>
    </Group>
  );
}

function countsOf({ run_counts: counts }: Backfill): string {
  return Object.entries(counts)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
}
