import { GantryError, type JsonObject } from '@gantry/sdk/model';
import { Type } from 'typebox';
import { type AttemptPodRow, readAttemptPod } from '../../store/read-attempt-pod.ts';
import { dagAccessOf } from '../dag-access-of.ts';
import type { Routes } from '../routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { NullableText } from './nullable.ts';
import type { RestParts } from './rest-parts.ts';

const Origin = Type.Object({
  path: Type.String(),
  layer: Type.String(),
  source: Type.String(),
  replaced: Type.Optional(Type.Unknown()),
});

const PodBody = Type.Object({
  attempt_id: Type.String(),
  name: NullableText,
  namespace: NullableText,
  uid: NullableText,
  node: NullableText,
  pod: Type.Unsafe<JsonObject>({
    type: 'object',
    additionalProperties: true,
    description: 'As it was created; values of variables that look secret are masked.',
  }),
  origins: Type.Array(Origin, { description: 'Who set each field, and what that replaced.' }),
  warnings: Type.Array(Type.String()),
});

const Params = Type.Object({ attempt_id: Type.String({ description: 'A UUID.' }) });

/** The pod that an attempt ran in, also when it is gone. */
export function attemptPodRoute(app: Routes, { database, podOfShape }: RestParts): void {
  const schema = { tags: ['Gantry'], params: Params, response: { 200: PodBody, ...ErrorResponses } };
  app.get('/api/v2/gantry/attempts/:attempt_id/pod', { schema }, async (request) => {
    const { params } = request;
    const row = await readAttemptPod(database, params.attempt_id, dagAccessOf(request, 'viewer'));
    if (row === null) throw new GantryError('not_found', `There is no attempt ${params.attempt_id}.`);
    if (row.shape === null) throw new GantryError('not_found', withoutPod(row));
    const { place, shape } = row;
    const pod = podOfShape(shape, row);
    const { name, namespace } = pod.metadata as { readonly name?: string; readonly namespace?: string };
    return {
      attempt_id: row.attemptId,
      name: name ?? null,
      namespace: namespace ?? null,
      uid: place?.uid ?? null,
      node: place?.node ?? null,
      pod,
      origins: [...shape.origins] as { path: string; layer: string; source: string; replaced?: unknown }[],
      warnings: [...shape.warnings],
    };
  });
}

function withoutPod({ taskId, tryNumber, executor, place, named }: AttemptPodRow): string {
  const who = `Try ${tryNumber} of task ${taskId}`;
  if (place?.kind === 'process') return `${who} ran in a process of the ${executor}, not in a pod.`;
  if (named || place?.kind === 'pod') return `What the pod of ${who.replace('Try', 'try')} was made of was not stored.`;
  return `${who} has told of no pod: it runs without one, or its pod has not started yet.`;
}
