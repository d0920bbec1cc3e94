import { Code } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { Answer } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Moment } from '../parts/moment.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { type Column, pageQuery, Rows } from '../parts/rows.tsx';
import { Answered } from '../parts/trouble.tsx';

const route = getRouteApi('/audit');
type Entry = Answer<'GET /api/v2/eventLogs'>['event_logs'][number];

const COLUMNS: readonly Column<Entry>[] = [
  { title: 'When', order: 'when', cell: (entry) => <Moment at={entry.when} /> },
  { title: 'Who', order: 'owner', cell: (entry) => entry.owner ?? 'nobody known' },
  { title: 'By', cell: (entry) => entry.credential, isWide: true },
  { title: 'What', order: 'event', cell: (entry) => entry.event },
  { title: 'Of', cell: (entry) => placeOf(entry) },
  { title: 'Before and after', cell: (entry) => entry.extra !== null && <Code>{entry.extra}</Code>, isWide: true },
];

/** Who changed what, the newest first. */
export function AuditPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const entries = useAnswer('GET /api/v2/eventLogs', { query: pageQuery(search, '-when') });
  return (
    <>
      <PageTitle title="Audit log" />
      <Answered query={entries}>
        {(data) => (
          <Rows
            label="Audit log"
            columns={COLUMNS}
            rows={data.event_logs}
            keyOf={(entry) => String(entry.event_log_id)}
            total={data.total_entries}
            paging={search}
            onPaging={(paging) => void navigate({ search: paging, replace: true })}
            nothing="Nothing was changed yet."
          />
        )}
      </Answered>
    </>
  );
}

function placeOf({ dag_id: dagId, run_id: runId, task_id: taskId, object }: Entry): string {
  return [dagId, runId, taskId, object].filter((one) => one !== null).join(' / ');
}
