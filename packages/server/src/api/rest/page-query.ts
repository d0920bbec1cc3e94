import { Type } from 'typebox';
import type { Page, Pattern, Range } from '../../store/list-page.ts';

/** Query fields that every list takes. Airflow: limit 50, capped by [api] maximum_page_limit. */
export const PageFields = {
  limit: Type.Optional(Type.Integer({ minimum: 0, default: 50 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1, default: 0 })),
  order_by: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 10, default: [] })),
};

interface PageQuery {
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly order_by?: readonly string[] | undefined;
}

/** The page that a query asks for; a limit above the maximum is cut to it. */
export function pageOf({ limit = 50, offset = 0, order_by: orderBy = [] }: PageQuery, maximumPageLimit: number): Page {
  return { limit: Math.min(limit, maximumPageLimit), offset, orderBy };
}

const OPERATORS = ['gte', 'gt', 'lte', 'lt'] as const;
const timeBound = Type.Optional(Type.String({ format: 'date-time' }));
const numberBound = Type.Optional(Type.Number());
const pattern = Type.Optional(Type.String({ maxLength: 1000 }));

/** Query fields that bound times: `start_date_gte` and so on. */
export function rangeFields(fields: readonly string[]): Record<string, typeof timeBound> {
  return boundsOf(fields, timeBound);
}

/** Query fields that bound numbers, such as `duration_gte`. */
export function numberRangeFields(fields: readonly string[]): Record<string, typeof numberBound> {
  return boundsOf(fields, numberBound);
}

function boundsOf<Bound>(fields: readonly string[], bound: Bound): Record<string, Bound> {
  return Object.fromEntries(fields.flatMap((field) => OPERATORS.map((operator) => [`${field}_${operator}`, bound])));
}

/** The bounds that a query holds. */
export function rangesOf(query: object, fields: readonly string[]): Range[] {
  const values = query as Readonly<Record<string, unknown>>;
  return fields.flatMap((field) =>
    OPERATORS.flatMap((operator) => {
      const value = values[`${field}_${operator}`];
      return typeof value === 'string' || typeof value === 'number' ? [{ field, operator, value }] : [];
    }),
  );
}

/** Query fields that a text must fit: `dag_id_pattern` and `dag_id_prefix_pattern` for `dag_id`. */
export function patternFields(fields: readonly string[]): Record<string, typeof pattern> {
  return Object.fromEntries(
    fields.flatMap((field) => [
      [`${field}_pattern`, pattern],
      [`${field}_prefix_pattern`, pattern],
    ]),
  );
}

/** The patterns that a query holds. */
export function patternsOf(query: object, fields: readonly string[]): Pattern[] {
  const values = query as Readonly<Record<string, unknown>>;
  const found = (field: string, kind: Pattern['kind'], name: string): Pattern[] => {
    const text = values[name];
    return typeof text === 'string' ? [{ field, kind, text }] : [];
  };
  return fields.flatMap((field) => [
    ...found(field, 'part', `${field}_pattern`),
    ...found(field, 'prefix', `${field}_prefix_pattern`),
  ]);
}
