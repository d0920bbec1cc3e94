import { type Static, type TSchema, Type } from 'typebox';

/** A string, number or boolean that may be null; short in OpenAPI 3.1 and quick to write out. */
export const NullableText = Type.Unsafe<string | null>({ type: ['string', 'null'] });
export const NullableNumber = Type.Unsafe<number | null>({ type: ['number', 'null'] });
export const NullableInteger = Type.Unsafe<number | null>({ type: ['integer', 'null'] });

/** Anything else that may be null. */
export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Unsafe<Static<Schema> | null>(Type.Union([schema, Type.Null()]));
}

/** A time as clients write it: ISO 8601 with a zone. */
export const Time = Type.String({ format: 'date-time' });
