import { Button, Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { type ComponentType, lazy, Suspense } from 'react';
import { InstanceActions } from '../actions/instance-actions.tsx';
import { useAnswer } from '../api/use-answer.ts';
import { Crumbs } from '../parts/crumbs.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { Answered, Trouble } from '../parts/trouble.tsx';
import type { InstanceSearch, InstanceTab } from './instance-search.ts';
import { InstanceSummary } from './instance-summary.tsx';
import { MappedInstances } from './mapped-instances.tsx';
import type { Instance, OfInstance } from './use-instance.ts';
import { WhyNotice } from './why-notice.tsx';

const route = getRouteApi('/dags/$dagId/runs/$runId/tasks/$taskId');

/** The tabs, each loaded when it is first shown. */
const TABS: Readonly<Record<InstanceTab, { readonly label: string; readonly Tab: ComponentType<OfInstance> }>> = {
  logs: { label: 'Logs', Tab: lazy(async () => ({ default: (await import('./log-tab.tsx')).LogTab })) },
  attempts: {
    label: 'Attempts',
    Tab: lazy(async () => ({ default: (await import('./attempts-tab.tsx')).AttemptsTab })),
  },
  pod: { label: 'Pod', Tab: lazy(async () => ({ default: (await import('./pod-tab.tsx')).PodTab })) },
  why: { label: 'Why', Tab: lazy(async () => ({ default: (await import('./why-tab.tsx')).WhyTab })) },
  xcom: { label: 'XCom', Tab: lazy(async () => ({ default: (await import('./xcom-tab.tsx')).XcomTab })) },
  inputs: { label: 'Inputs', Tab: lazy(async () => ({ default: (await import('./inputs-tab.tsx')).InputsTab })) },
  details: { label: 'Details', Tab: lazy(async () => ({ default: (await import('./details-tab.tsx')).DetailsTab })) },
};

/** One task instance: its log, its attempts, its pod, why it waits and what it left; or those of a mapped task. */
export function InstancePage() {
  const { dagId, runId, taskId } = route.useParams();
  const search = route.useSearch();
  const { map_index: mapIndex, page, order } = search;
  const instances = useAnswer(
    'GET /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances',
    {
      path: { dag_id: dagId, dag_run_id: runId },
      query: {
        task_id: [taskId],
        limit: 25,
        ...(mapIndex === undefined
          ? { offset: ((page ?? 1) - 1) * 25, order_by: [order ?? 'map_index'] }
          : { map_index: [mapIndex] }),
      },
    },
    { isLive: (data) => data.task_instances.some((instance) => instance.end_date === null) },
  );
  return (
    <>
      <Crumbs dagId={dagId} runId={runId} />
      <Answered query={instances}>
        {({ task_instances: rows, total_entries: total }) => {
          const [first] = rows;
          if (first === undefined) return <Trouble error={new Error(`The run has no task instance ${taskId}.`)} />;
          if (mapIndex === undefined && (total > 1 || first.map_index >= 0))
            return <MappedInstances rows={rows} total={total} search={search} />;
          return <OneInstance instance={first} search={search} />;
        }}
      </Answered>
    </>
  );
}

function OneInstance({ instance, search }: OfInstance & { readonly search: InstanceSearch }) {
  const navigate = route.useNavigate();
  const tab = search.tab ?? 'logs';
  // What belongs to one tab does not follow to another; the try does.
  const show = (next: InstanceTab): void =>
    void navigate({ search: { map_index: search.map_index, try: search.try, tab: next } });
  return (
    <>
      <PageTitle title={titleOf(instance)}>
        <InstanceActions
          dagId={instance.dag_id}
          runId={instance.dag_run_id}
          taskId={instance.task_id}
          mapIndex={instance.map_index}
          state={instance.state}
        />
      </PageTitle>
      <InstanceSummary instance={instance} />
      <WhyNotice
        instance={instance}
        more={
          <Button variant="subtle" size="compact-sm" onClick={() => show('why')}>
            The whole chain
          </Button>
        }
        isShort={tab === 'why'}
      />
      <Tabs value={tab} onChange={(next) => show((next ?? 'logs') as InstanceTab)} keepMounted={false}>
        <Tabs.List mb="md" style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }}>
          {Object.entries(TABS).map(([name, { label }]) => (
            <Tabs.Tab key={name} value={name}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {Object.entries(TABS).map(([name, { Tab }]) => (
          <Tabs.Panel key={name} value={name}>
            <Suspense>
              <Tab instance={instance} />
            </Suspense>
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}

function titleOf({ task_id: taskId, map_index: mapIndex }: Instance): string {
  return mapIndex < 0 ? taskId : `${taskId} [${mapIndex}]`;
}
