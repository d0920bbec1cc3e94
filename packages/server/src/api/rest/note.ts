import { GantryError } from '@gantry/sdk/model';
import { Type } from 'typebox';
import { storableJson } from '../storable-text.ts';
import { nullable } from './nullable.ts';

/** What people write beside a run or a task instance; null takes it away. */
export const Note = nullable(Type.String({ maxLength: 1000 }));

/** Throws `invalid` for a note that Postgres cannot keep. */
export function requireStorableNote(note: string | null): void {
  if (storableJson({ note }) !== null) return;
  throw new GantryError('invalid', 'body.note: it holds a NUL character or half of a surrogate pair; leave that out.');
}
