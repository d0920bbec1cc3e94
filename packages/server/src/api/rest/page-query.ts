import { Type } from 'typebox';
import type { Page, Range } from '../../store/list-page.ts';

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
const bound = Type.Optional(Type.String({ format: 'date-time' }));

/** Query fields that bound times: `start_date_gte` and so on. */
export function rangeFields(fields: readonly string[]): Record<string, typeof bound> {
  return Object.fromEntries(fields.flatMap((field) => OPERATORS.map((operator) => [`${field}_${operator}`, bound])));
}

/** The bounds that a query holds. */
export function rangesOf(query: object, fields: readonly string[]): Range[] {
  const values = query as Readonly<Record<string, unknown>>;
  return fields.flatMap((field) =>
    OPERATORS.flatMap((operator) => {
      const value = values[`${field}_${operator}`];
      return typeof value === 'string' ? [{ field, operator, value }] : [];
    }),
  );
}
