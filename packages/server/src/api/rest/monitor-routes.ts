import { type Static, Type } from 'typebox';
import type { Queryable } from '../../store/database.ts';
import { readServices, type ServiceHealth } from '../../store/read-services.ts';
import type { Routes } from '../routes.ts';
import { NullableText } from './nullable.ts';
import type { RestParts } from './rest-parts.ts';

const Status = Type.Unsafe<'healthy' | 'unhealthy' | null>({
  type: ['string', 'null'],
  enum: ['healthy', 'unhealthy', null],
});

const HealthBody = Type.Object({
  metadatabase: Type.Object({ status: Status }),
  scheduler: Type.Object({ status: Status, latest_scheduler_heartbeat: NullableText }),
  triggerer: Type.Object({ status: Status, latest_triggerer_heartbeat: NullableText }),
  dag_processor: Type.Object({ status: Status, latest_dag_processor_heartbeat: NullableText }),
});

const VersionBody = Type.Object({ version: Type.String(), git_version: NullableText });

/** Version and health; they need no credential, and health always answers 200. */
export function monitorRoutes(app: Routes, { database, version }: RestParts): void {
  const tags = ['Monitor'];
  app.get('/api/v2/version', { schema: { tags, response: { 200: VersionBody } } }, async () => ({
    version,
    git_version: null,
  }));
  app.get('/api/v2/monitor/health', { schema: { tags, response: { 200: HealthBody } } }, async () =>
    healthBody(await services(database)),
  );
}

/** Null: the database does not answer. */
async function services(database: Queryable): Promise<readonly ServiceHealth[] | null> {
  try {
    return await readServices(database);
  } catch {
    return null;
  }
}

function healthBody(found: readonly ServiceHealth[] | null): Static<typeof HealthBody> {
  const of = (kind: ServiceHealth['kind']) => found?.find((service) => service.kind === kind);
  const status = (kind: ServiceHealth['kind']) => (of(kind)?.isAlive === true ? 'healthy' : 'unhealthy');
  return {
    metadatabase: { status: found === null ? 'unhealthy' : 'healthy' },
    scheduler: { status: status('scheduler'), latest_scheduler_heartbeat: of('scheduler')?.latestHeartbeat ?? null },
    triggerer: { status: null, latest_triggerer_heartbeat: null },
    dag_processor: {
      status: status('dag_processor'),
      latest_dag_processor_heartbeat: of('dag_processor')?.latestHeartbeat ?? null,
    },
  };
}
