import { Text } from '@mantine/core';
import type { Answer } from '../api/call.ts';
import { Moment } from '../parts/moment.tsx';
import { PageLink } from '../parts/page-link.tsx';
import classes from './home.module.css';

type Failure = Answer<'GET /api/v2/gantry/home'>['recent_failures'][number];

/** The attempts that failed last, each with its class and its sentence. */
export function Failures({ failures }: { readonly failures: readonly Failure[] }) {
  if (failures.length === 0) return <Text c="dimmed">Nothing has failed in the last 24 hours.</Text>;
  return (
    <ul className={classes.list} aria-label="Last failures">
      {failures.map((failure) => (
        <li key={`${failure.dag_run_id} ${failure.task_id} ${failure.map_index} ${failure.ended_at}`}>
          <div className={classes.line}>
            <PageLink
              to="/dags/$dagId"
              params={{ dagId: failure.dag_id }}
              search={{ run: failure.dag_run_id, task: failure.task_id }}
            >
              {failure.dag_id} · {failure.task_id}
              {failure.map_index >= 0 && ` [${failure.map_index}]`}
            </PageLink>
            <span className={classes.grow}>
              try {failure.try_number}, {failure.class.replaceAll('_', ' ')}
            </span>
            <Moment at={failure.ended_at} />
          </div>
          <Text size="sm" c="dimmed" lineClamp={2}>
            {failure.sentence}
          </Text>
        </li>
      ))}
    </ul>
  );
}
