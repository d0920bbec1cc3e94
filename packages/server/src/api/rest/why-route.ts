import { GantryError, TASK_STATES } from '@gantry/sdk/model';
import { Type } from 'typebox';
import { readWhyFacts } from '../../store/read-why-facts.ts';
import { dagAccessOf } from '../dag-access-of.ts';
import type { Routes } from '../routes.ts';
import { WHY_KINDS } from '../why/why-cause.ts';
import { whyChain } from '../why/why-chain.ts';
import { ErrorResponses } from './error-responses.ts';
import { NullableText } from './nullable.ts';
import type { RestParts } from './rest-parts.ts';
import { requireRun } from './run-routes.ts';
import { requireTaskInstance } from './task-instance-routes.ts';

const Cause = Type.Object({
  kind: Type.Enum([...WHY_KINDS]),
  blocking: Type.Boolean({ description: 'False for what is worth knowing but holds nothing up.' }),
  sentence: Type.String(),
  unblock: Type.String({ description: 'What would let it go on.' }),
  until: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'When it changes by itself at the latest; null when nobody can say.',
  }),
});

const WhyBody = Type.Object({
  dag_id: Type.String(),
  dag_run_id: Type.String(),
  task_id: Type.String(),
  map_index: Type.Integer(),
  state: Type.Unsafe<string | null>({ type: ['string', 'null'], enum: [...TASK_STATES, null] }),
  sentence: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'The first cause that blocks; null when nothing does.',
  }),
  unblock: NullableText,
  chain: Type.Array(Cause, { description: 'Every cause, in the order in which a task meets them.' }),
});

const Params = Type.Object({ dag_id: Type.String(), dag_run_id: Type.String(), task_id: Type.String() });
const Query = Type.Object({ map_index: Type.Integer({ default: -1 }) }, { additionalProperties: false });

/** Why a task instance is not running, and what would let it. */
export function whyRoute(app: Routes, { database, code }: RestParts): void {
  const path = '/api/v2/gantry/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id/why';
  const schema = {
    tags: ['Gantry'],
    params: Params,
    querystring: Query,
    response: { 200: WhyBody, ...ErrorResponses },
  };
  app.get(path, { schema }, async (request) => {
    const { params, query } = request;
    const { dag_id: dagId, dag_run_id: runId, task_id: taskId } = params;
    const mapIndex = query.map_index;
    await requireRun(database, dagId, runId);
    const { version, spec_digest: specDigest } = await requireTaskInstance(database, params, mapIndex);
    const spec = await code.spec({ dagId, version, specDigest });
    const task = spec.tasks.find((one) => one.taskId === taskId);
    const access = dagAccessOf(request, 'viewer');
    const facts = await readWhyFacts(database, { dagId, runId, taskId, mapIndex }, task?.pool ?? null, access);
    const instance = facts?.instances.find((one) => one.taskId === taskId && one.mapIndex === mapIndex);
    if (facts === null || instance === undefined || task === undefined)
      throw new GantryError('not_found', `The run ${runId} of the DAG ${dagId} has no task ${taskId} any more.`);
    const chain = whyChain(facts, spec, task, instance);
    const first = chain.find(({ blocking }) => blocking);
    return {
      dag_id: dagId,
      dag_run_id: runId,
      task_id: taskId,
      map_index: mapIndex,
      state: instance.state === 'none' ? null : instance.state,
      sentence: first?.sentence ?? null,
      unblock: first?.unblock ?? null,
      chain: [...chain],
    };
  });
}
