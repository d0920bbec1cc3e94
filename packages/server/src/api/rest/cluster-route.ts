import { FAILURE_CLASSES } from '@gantry/sdk/model';
import { Type } from 'typebox';
import { clusterView } from '../../store/cluster-view.ts';
import type { Routes } from '../routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { NullableText } from './nullable.ts';
import type { RestParts } from './rest-parts.ts';

const count = Type.Integer();
const Body = Type.Object({
  services: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: Type.Enum(['scheduler', 'dag_processor', 'api_server']),
      hostname: Type.String(),
      pid: Type.Integer(),
      started_at: Type.String(),
      heartbeat_at: Type.String(),
      is_alive: Type.Boolean(),
      runs_led: count,
    }),
    { description: 'Schedulers, DAG processors and API servers, the living first.' },
  ),
  watches: Type.Array(
    Type.Object({
      watch_id: Type.String(),
      leader: NullableText,
      lease_until: NullableText,
      epoch: Type.Integer(),
      resource_version: NullableText,
    }),
    {
      description:
        'Watches of pods: which scheduler leads each, and up to which resourceVersion its events are applied.',
    },
  ),
  open_attempts: Type.Array(
    Type.Object({
      executor: Type.String(),
      phase: Type.Enum(['launching', 'starting', 'waiting', 'running']),
      count,
    }),
  ),
  launches: Type.Array(Type.Object({ minute: Type.String(), count }), {
    description: 'Attempts queued in each minute of the last hour; minutes without any are left out.',
  }),
  failures: Type.Array(Type.Object({ class: Type.Enum([...FAILURE_CLASSES]), count }), {
    description: 'Failed attempts that were queued in the last 24 hours, by class.',
  }),
});

/** Who runs what now, how fast attempts are launched, and what fails. */
export function clusterRoute(app: Routes, { database }: RestParts): void {
  app.get(
    '/api/v2/gantry/cluster',
    { schema: { tags: ['Gantry'], response: { 200: Body, ...ErrorResponses } } },
    async () => {
      const { services, watches, open_attempts: open, launches, failures } = await clusterView(database);
      return {
        services: [...services],
        watches: [...watches],
        open_attempts: [...open],
        launches: [...launches],
        failures: [...failures],
      };
    },
  );
}
