import { GantryError } from '@gantry/sdk/model';
import type { FastifyRequest } from 'fastify';
import type { Database, Queryable } from '../../store/database.ts';
import type { AuditChange } from '../../store/record-audit.ts';
import { audited } from '../audit/audited.ts';

export type Note = (change: AuditChange) => void;

/** What a collection lets its entities be done to, one at a time or many. Each deed notes what it changed. */
export interface EntityDeeds<Entity> {
  /** For sentences and events, e.g. `variable`. */
  readonly noun: string;
  readonly nameOf: (entity: Entity) => string;
  /** False when the name is taken. */
  readonly create: (tx: Queryable, note: Note, entity: Entity) => Promise<boolean>;
  /** False when there is none. A mask names the fields that count; null is all that are given. */
  readonly update: (tx: Queryable, note: Note, entity: Entity, mask: readonly string[] | null) => Promise<boolean>;
  /** False when there is none. */
  readonly remove: (tx: Queryable, note: Note, name: string) => Promise<boolean>;
}

/** Throws `conflict` when the name is taken. */
export async function makeOne<Entity>(
  request: FastifyRequest,
  database: Database,
  deeds: EntityDeeds<Entity>,
  entity: Entity,
): Promise<void> {
  const isMade = await audited(request, database, (tx, note) => deeds.create(tx, note, entity));
  if (!isMade) throw new GantryError('conflict', `There is a ${deeds.noun} ${deeds.nameOf(entity)} already.`);
}

/** Throws `not_found`, and `bad_request` for an entity that names another than the path. */
export async function changeOne<Entity>(
  request: FastifyRequest,
  database: Database,
  deeds: EntityDeeds<Entity>,
  {
    entity,
    named,
    mask,
  }: { readonly entity: Entity; readonly named: string | undefined; readonly mask: readonly string[] | null },
): Promise<void> {
  const name = deeds.nameOf(entity);
  if (named !== undefined && named !== name) {
    throw new GantryError(
      'bad_request',
      `The body names the ${deeds.noun} ${named} and the path ${name}: a ${deeds.noun} cannot be renamed, since tasks name it; make another.`,
    );
  }
  const isFound = await audited(request, database, (tx, note) => deeds.update(tx, note, entity, mask));
  if (!isFound) throw noEntity(deeds.noun, name);
}

/** Throws `not_found`. */
export async function removeOne<Entity>(
  request: FastifyRequest,
  database: Database,
  deeds: EntityDeeds<Entity>,
  name: string,
): Promise<void> {
  const isFound = await audited(request, database, (tx, note) => deeds.remove(tx, note, name));
  if (!isFound) throw noEntity(deeds.noun, name);
}

export function noEntity(noun: string, name: string): GantryError {
  return new GantryError('not_found', `There is no ${noun} ${name}.`);
}
