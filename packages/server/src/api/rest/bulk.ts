import { GantryError } from '@gantry/sdk/model';
import type { FastifyRequest } from 'fastify';
import { type Static, type TObject, type TProperties, Type } from 'typebox';
import type { Database, Queryable } from '../../store/database.ts';
import { audited } from '../audit/audited.ts';
import { errorAnswer } from '../error-answer.ts';
import type { EntityDeeds, Note } from './entity-deeds.ts';
import { nullable } from './nullable.ts';

const ACTIONS = ['create', 'update', 'delete'] as const;
const MOST_ACTIONS = 100;
const MOST_ENTITIES = 1000;

const ActionAnswer = Type.Object({
  success: Type.Array(Type.String()),
  errors: Type.Array(Type.Object({ error: Type.String(), status_code: Type.Integer() })),
});

/** What became of each kind of action; null for one that was not asked for. */
export const BulkAnswer = Type.Object({
  create: nullable(ActionAnswer),
  update: nullable(ActionAnswer),
  delete: nullable(ActionAnswer),
});

/** Airflow's body of a PATCH on a collection. `delete` takes names or entities, the others entities. */
export function bulkBody<Fields extends TProperties>(entity: TObject<Fields>, masks: readonly string[]) {
  const closed = { additionalProperties: false };
  const entityOrName = Type.Unsafe<string | Static<TObject<Fields>>>({
    if: { type: 'string' },
    // biome-ignore lint/suspicious/noThenProperty: this is JSON Schema's word.
    then: { minLength: 1, maxLength: 250 },
    else: entity,
  });
  const action = Type.Object(
    {
      action: Type.Enum([...ACTIONS]),
      entities: Type.Array(entityOrName, { maxItems: MOST_ENTITIES }),
      action_on_existence: Type.Optional(Type.Enum(['fail', 'skip', 'overwrite'])),
      action_on_non_existence: Type.Optional(Type.Enum(['fail', 'skip'])),
      update_mask: Type.Optional(nullable(Type.Array(Type.Enum([...masks])))),
    },
    closed,
  );
  return Type.Object({ actions: Type.Array(action, { maxItems: MOST_ACTIONS }) }, closed);
}

export interface BulkAction<Entity> {
  readonly action: (typeof ACTIONS)[number];
  readonly entities: readonly (string | Entity)[];
  readonly action_on_existence?: 'fail' | 'skip' | 'overwrite';
  readonly action_on_non_existence?: 'fail' | 'skip';
  readonly update_mask?: readonly string[] | null;
}

type ActionResult = Static<typeof ActionAnswer>;

/**
 * Does one action after another, each as a whole or not at all. What is wrong with one becomes an error of its kind in the
 * answer, as in Airflow, and the others are done.
 */
export async function doBulk<Entity extends object>(
  request: FastifyRequest,
  database: Database,
  deeds: EntityDeeds<Entity>,
  actions: readonly BulkAction<Entity>[],
): Promise<Static<typeof BulkAnswer>> {
  const results: Record<(typeof ACTIONS)[number], ActionResult | null> = { create: null, update: null, delete: null };
  for (const action of actions) {
    results[action.action] ??= { success: [], errors: [] };
    const result = results[action.action]!;
    try {
      const done = await audited(request, database, (tx, note) => doAction({ tx, note, deeds }, action));
      result.success.push(...done);
    } catch (error) {
      const { status, detail } = errorAnswer(error, '');
      if (status >= 500) throw error;
      result.errors.push({ error: detail, status_code: status });
    }
  }
  return results;
}

interface Means<Entity> {
  readonly tx: Queryable;
  readonly note: Note;
  readonly deeds: EntityDeeds<Entity>;
}

/** Answers the names of what was changed. */
async function doAction<Entity extends object>(
  means: Means<Entity>,
  action: BulkAction<Entity>,
): Promise<readonly string[]> {
  const { deeds } = means;
  const done: string[] = [];
  const refused: string[] = [];
  for (const entity of action.entities) {
    const name = typeof entity === 'string' ? entity : deeds.nameOf(entity);
    const verdict = await doOne(means, action, entity);
    if (verdict === 'done') done.push(name);
    if (verdict === 'refused') refused.push(name);
  }
  if (refused.length === 0) return done;
  const names = refused.join(', ');
  throw action.action === 'create'
    ? new GantryError('conflict', `These ${deeds.noun}s exist already: ${names}. Nothing of this action was done.`)
    : new GantryError('not_found', `These ${deeds.noun}s do not exist: ${names}. Nothing of this action was done.`);
}

async function doOne<Entity extends object>(
  { tx, note, deeds }: Means<Entity>,
  {
    action,
    action_on_existence: onExistence = 'fail',
    action_on_non_existence: onNone = 'fail',
    update_mask,
  }: BulkAction<Entity>,
  entity: string | Entity,
): Promise<'done' | 'skipped' | 'refused'> {
  if (action === 'delete') {
    const name = typeof entity === 'string' ? entity : deeds.nameOf(entity);
    return (await deeds.remove(tx, note, name)) ? 'done' : onNone === 'skip' ? 'skipped' : 'refused';
  }
  if (typeof entity === 'string') {
    throw new GantryError(
      'invalid',
      `body.actions: ${action} needs whole ${deeds.noun}s, found the name ${JSON.stringify(entity)}.`,
    );
  }
  if (action === 'update') {
    const isFound = await deeds.update(tx, note, entity, update_mask ?? null);
    return isFound ? 'done' : onNone === 'skip' ? 'skipped' : 'refused';
  }
  if (await deeds.create(tx, note, entity)) return 'done';
  if (onExistence === 'overwrite') return (await deeds.update(tx, note, entity, null)) ? 'done' : 'refused';
  return onExistence === 'skip' ? 'skipped' : 'refused';
}
