import { GantryError } from '@gantry/sdk/model';
import { type DagAccess, dagIdsOf } from './dag-access.ts';
import type { Queryable } from './database.ts';

/** Which part of a list is asked for. */
export interface Page {
  /** Fields, a minus in front for descending; the first counts most. */
  readonly orderBy: readonly string[];
  readonly limit: number;
  readonly offset: number;
}

export interface Listed<Row> {
  readonly rows: readonly Row[];
  /** Rows of all pages. */
  readonly total: number;
}

/** A bound on a field, e.g. `start_date` `gte`. */
export interface Range {
  readonly field: string;
  readonly operator: 'gte' | 'gt' | 'lte' | 'lt';
  readonly value: string;
}

const OPERATORS = { gte: '>=', gt: '>', lte: '<=', lt: '<' } as const;

/** Conditions of a list, joined by AND, with their values. */
export class Filter {
  readonly #conditions: string[] = [];
  readonly values: unknown[] = [];

  /** Adds a condition unless the value is undefined; `sql` gets the value's placeholder. */
  when(value: unknown, sql: (place: string) => string): this {
    if (value === undefined) return this;
    this.values.push(value);
    this.#conditions.push(sql(`$${this.values.length}`));
    return this;
  }

  /** Leaves only rows of DAGs that the reader may know of. */
  dags(access: DagAccess, column: string): this {
    return this.when(dagIdsOf(access), (place) => `${column} = any (${place}::text[])`);
  }

  ranges(ranges: readonly Range[], columns: Readonly<Record<string, string>>): this {
    for (const { field, operator, value } of ranges) {
      this.when(value, (place) => `${columns[field]} ${OPERATORS[operator]} ${place}::timestamptz`);
    }
    return this;
  }

  get where(): string {
    return this.#conditions.length === 0 ? '' : `where ${this.#conditions.join(' and ')}`;
  }
}

export interface ListSource {
  readonly columns: string;
  readonly from: string;
  /** Column by field that a list may be ordered by. */
  readonly orders: Readonly<Record<string, string>>;
  /** What orders rows that are equal by all given fields, so that pages neither repeat nor miss a row. */
  readonly tieBreak: string;
}

/** One page and the count of all. Throws `bad_request` for an order by an unknown field. */
export async function listPage<Row>(
  db: Queryable,
  { columns, from, orders, tieBreak }: ListSource,
  filter: Filter,
  page: Page,
): Promise<Listed<Row>> {
  const order = [...page.orderBy.map((field) => orderOf(field, orders)), tieBreak].join(', ');
  const places = [filter.values.length + 1, filter.values.length + 2];
  const [rows, counts] = await Promise.all([
    db.query<Row>(
      `select ${columns} from ${from} ${filter.where} order by ${order} limit $${places[0]} offset $${places[1]}`,
      [...filter.values, page.limit, page.offset],
    ),
    db.query<{ total: number }>(`select count(*) as total from ${from} ${filter.where}`, filter.values),
  ]);
  return { rows, total: counts[0]?.total ?? 0 };
}

function orderOf(field: string, orders: Readonly<Record<string, string>>): string {
  const isDescending = field.startsWith('-');
  const name = isDescending ? field.slice(1) : field;
  if (!Object.hasOwn(orders, name)) {
    throw new GantryError(
      'bad_request',
      `order_by: found ${JSON.stringify(name)}, expected one of ${Object.keys(orders).join(', ')}.`,
    );
  }
  return `${orders[name]} ${isDescending ? 'desc nulls last' : 'asc nulls first'}`;
}
