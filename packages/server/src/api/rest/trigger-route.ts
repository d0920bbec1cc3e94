import { GantryError, type JsonObject, runIdFor } from '@gantry/sdk/model';
import { Type } from 'typebox';
import type { Queryable } from '../../store/database.ts';
import { insertRun } from '../../store/insert-run.ts';
import { readRun } from '../../store/list-runs.ts';
import { audited } from '../audit/audited.ts';
import { accountOf } from '../authentication.ts';
import type { Routes } from '../routes.ts';
import { storableJson } from '../storable-text.ts';
import { requireDag } from './dag-routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { Note } from './note.ts';
import { nullable, Time } from './nullable.ts';
import { ParamCheck } from './param-check.ts';
import type { RestParts } from './rest-parts.ts';
import { RunBody, runBody } from './run-body.ts';
import { type RunTimes, runTimes } from './run-times.ts';

const Values = Type.Unsafe<JsonObject>({ type: 'object' });

const TriggerBody = Type.Object(
  {
    dag_run_id: Type.Optional(
      nullable(Type.String({ minLength: 1, maxLength: 250, pattern: '^(?!\\.{1,2}$)[A-Za-z0-9_.~:+-]+$' })),
    ),
    logical_date: Type.Optional(nullable(Time)),
    data_interval_start: Type.Optional(nullable(Time)),
    data_interval_end: Type.Optional(nullable(Time)),
    run_after: Type.Optional(nullable(Time)),
    conf: Type.Optional(nullable(Values)),
    params: Type.Optional(nullable(Values)),
    note: Type.Optional(Note),
  },
  { additionalProperties: false },
);

/** Two runs that are triggered within one millisecond get ids one after another. */
const MOST_IDS_TRIED = 100;

/** POST dagRuns: makes a queued run, which the scheduler starts. */
export function triggerRoute(app: Routes, parts: RestParts): void {
  const { database, code, clock } = parts;
  const check = new ParamCheck();
  const params = Type.Object({ dag_id: Type.String() });
  const schema = { tags: ['DagRun'], params, body: TriggerBody, response: { 200: RunBody, ...ErrorResponses } };
  app.post('/api/v2/dags/:dag_id/dagRuns', { schema }, async (request) => {
    const { body } = request;
    const dagId = request.params.dag_id;
    const { row, spec } = await requireDag(database, code, dagId);
    refuseUnfit(dagId, row, body.dag_run_id ?? null);
    const conf = body.conf ?? {};
    const given = body.params ?? {};
    refuseUnstorable({ conf, params: given, note: body.note ?? null });
    check.resolve(spec, row.current_version, { ...given, ...conf });
    const times = runTimes(body, (at) => parts.manualInterval(spec.schedule, at));
    const make = (tx: Queryable, runId: string) =>
      insertRun(tx, {
        dagId,
        runId,
        version: row.current_version,
        ...times,
        conf,
        params: given,
        triggeringUser: accountOf(request).username,
        note: body.note ?? null,
      });
    const runId = await audited(request, database, async (tx, note) => {
      const makeIn = (id: string) => make(tx, id);
      const made = await makeUnderAnId(makeIn, body.dag_run_id ?? null, times, clock.now(), dagId);
      const after = { logical_date: times.logicalDate, conf, params: given, note: body.note ?? null };
      note({ event: 'trigger_dag_run', dagId, runId: made, after });
      return made;
    });
    return runBody((await readRun(database, dagId, runId))!);
  });
}

function refuseUnfit(
  dagId: string,
  dag: { is_stale: boolean; has_import_errors: boolean },
  runId: string | null,
): void {
  if (dag.is_stale) throw new GantryError('not_found', `No DAG file defines the DAG ${dagId} any more.`);
  if (dag.has_import_errors) {
    throw new GantryError(
      'bad_request',
      `The file of the DAG ${dagId} has an import error; correct it first (GET /api/v2/importErrors).`,
    );
  }
  const reserved = /^(scheduled|backfill)__/.exec(runId ?? '');
  if (reserved !== null) {
    throw new GantryError(
      'invalid',
      `body.dag_run_id: ids that begin with ${reserved[0]} are kept for ${reserved[1]} runs.`,
    );
  }
}

function refuseUnstorable(values: JsonObject): void {
  if (storableJson(values) !== null) return;
  throw new GantryError(
    'invalid',
    'body: a text holds a NUL character or half of a surrogate pair, which cannot be stored.',
  );
}

async function makeUnderAnId(
  make: (runId: string) => Promise<boolean>,
  givenId: string | null,
  { logicalDate }: RunTimes,
  now: number,
  dagId: string,
): Promise<string> {
  const isFixed = givenId !== null || logicalDate !== null;
  for (let step = 0; step < (isFixed ? 1 : MOST_IDS_TRIED); step += 1) {
    const runId = givenId ?? runIdFor('manual', logicalDate === null ? now + step : Date.parse(logicalDate));
    if (await make(runId)) return runId;
  }
  const what = logicalDate === null ? '' : ` or of the logical date ${logicalDate}`;
  throw new GantryError('conflict', `The DAG ${dagId} has a run of this id${what} already.`);
}
