import { Badge, Card, Code, Group, Text, Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Facts } from '../parts/facts.tsx';
import { Moment } from '../parts/moment.tsx';
import { PageLink } from '../parts/page-link.tsx';
import { State, stateText } from '../parts/state.tsx';
import { type ContainerFacts, containersOf } from './container-facts.ts';
import { ContainerTable } from './container-table.tsx';
import { PhaseBar } from './phase-bar.tsx';
import type { Attempt } from './use-instance.ts';

const route = getRouteApi('/dags/$dagId/runs/$runId/tasks/$taskId');

/** What is told of a failure elsewhere on the card. */
const TOLD = new Set(['containers', 'stack', 'pod', 'namespace', 'uid', 'node']);

/** One attempt. */
export function AttemptCard({ attempt }: { readonly attempt: Attempt }) {
  const { failure, place, stop_sentence: stop, late_outcome: late } = attempt;
  const kind = (failure as { readonly class?: string } | null)?.class;
  const facts: [string, ReactNode][] = [
    ['Queued', <Moment key="queued" at={attempt.queued_at} absolute />],
    ['Ended', attempt.ended_at !== null && <Moment key="ended" at={attempt.ended_at} absolute />],
    ['Waiting', attempt.ended_at === null && attempt.waiting],
    ['Executor', attempt.executor],
    ['Pool', `${attempt.pool}, ${attempt.pool_slots === 1 ? '1 slot' : `${attempt.pool_slots} slots`}`],
    [
      place?.kind === 'process' ? 'Process' : 'Pod',
      place !== null && [place.namespace, place.name].filter(Boolean).join('/'),
    ],
    ['Node', place?.node as string | null | undefined],
    ['Asked to stop', stop],
    ['Came too late', late !== null && `The worker reported ${late} when it did not count any more.`],
    ['Attempt', <Code key="id">{attempt.attempt_id}</Code>],
  ];
  return (
    <Card withBorder component="section" aria-label={`Try ${attempt.try_number}, attempt ${attempt.attempt_id}`}>
      <Group gap="sm" mb="xs">
        <Title order={2} size="h5">
          Try {attempt.try_number}
        </Title>
        <State state={attempt.state} />
        {kind !== undefined && (
          <Badge tt="none" variant="default">
            {stateText(kind)}
          </Badge>
        )}
        <Ways attempt={attempt} />
      </Group>
      <PhaseBar attempt={attempt} />
      {failure !== null && <Ending failure={failure} />}
      <Facts facts={facts} />
    </Card>
  );
}

function Ways({ attempt }: { readonly attempt: Attempt }) {
  const params = route.useParams();
  const { map_index: mapIndex } = route.useSearch();
  const to = '/dags/$dagId/runs/$runId/tasks/$taskId';
  return (
    <Group gap="sm" ml="auto">
      <PageLink to={to} params={params} search={{ map_index: mapIndex, tab: 'logs', try: attempt.try_number }}>
        Log
      </PageLink>
      <PageLink to={to} params={params} search={{ map_index: mapIndex, tab: 'pod', attempt: attempt.attempt_id }}>
        Pod
      </PageLink>
    </Group>
  );
}

function Ending({ failure }: { readonly failure: Readonly<Record<string, unknown>> }) {
  const { sentence, retryable, detail } = failure as {
    readonly sentence?: string;
    readonly retryable?: boolean;
    readonly detail?: Readonly<Record<string, unknown>>;
  };
  const containers: readonly ContainerFacts[] = containersOf(detail);
  const rest = Object.entries(detail ?? {}).filter(([name]) => !TOLD.has(name));
  return (
    <>
      <Text fw={600} mt="xs" style={{ overflowWrap: 'anywhere' }}>
        {sentence}
      </Text>
      {retryable === false && <Text c="dimmed">It said that it must not be tried again.</Text>}
      {typeof detail?.stack === 'string' && (
        <Code block mt="xs" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {detail.stack}
        </Code>
      )}
      <ContainerTable containers={containers} />
      {rest.length > 0 && (
        <Facts facts={rest.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])} />
      )}
    </>
  );
}
