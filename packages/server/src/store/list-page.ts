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
  /** Rows of all pages; beyond `COUNTED_AT_MOST` what the database's statistics say. */
  readonly total: number;
  /** How far was counted when `total` is an estimate; null when it is exact. */
  readonly countedTo: number | null;
}

/** Counting on would cost a page more than reading it, and nobody leafs through that many rows. */
const COUNTED_AT_MOST = 10_000;

/** A bound on a field, e.g. `start_date` `gte`; of a time (ISO 8601) or a number. */
export interface Range {
  readonly field: string;
  readonly operator: 'gte' | 'gt' | 'lte' | 'lt';
  readonly value: string | number;
}

/** A text that a field must hold (`part`, whatever its case) or begin with (`prefix`). */
export interface Pattern {
  readonly field: string;
  readonly kind: 'part' | 'prefix';
  readonly text: string;
}

type Columns = Readonly<Record<string, string>>;

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

  ranges(ranges: readonly Range[], columns: Columns): this {
    for (const { field, operator, value } of ranges) {
      const type = typeof value === 'number' ? 'double precision' : 'timestamptz';
      this.when(value, (place) => `${columns[field]} ${OPERATORS[operator]} ${place}::${type}`);
    }
    return this;
  }

  /** Airflow's rules: `|` is OR and `~` matches everything; in a part `%` and `_` are as in LIKE, in a prefix they are not. */
  patterns(patterns: readonly Pattern[], columns: Columns): this {
    for (const { field, kind, text } of patterns) {
      const terms = text.split('|').map((term) => term.trim());
      if (terms.includes('~') || terms.every((term) => term === '')) continue;
      const column = columns[field];
      if (kind === 'part') {
        const parts = terms.filter((term) => term !== '').map((term) => `%${term}%`);
        this.when(parts, (place) => `${column} ilike any (${place}::text[])`);
      } else {
        const prefixes = terms.map((term) => term.replace(/[^\p{L}\p{N}]+$/u, ''));
        this.when(
          prefixes,
          (place) => `exists (select from unnest(${place}::text[]) as p (term) where starts_with(${column}, p.term))`,
        );
      }
    }
    return this;
  }

  /** Adds the conditions that `inner` sets, if any, as one: `begin and ... end`. */
  within(begin: string, end: string, inner: (filter: Filter) => Filter): this {
    const { length } = this.#conditions;
    inner(this);
    const added = this.#conditions.splice(length);
    if (added.length > 0) this.#conditions.push(`${begin} and ${added.join(' and ')}${end}`);
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
  const [rows, counted] = await Promise.all([
    db.query<Row>(
      `select ${columns} from ${from} ${filter.where} order by ${order} limit $${places[0]} offset $${places[1]}`,
      [...filter.values, page.limit, page.offset],
    ),
    countRows(db, from, filter),
  ]);
  return { rows, ...counted };
}

async function countRows(db: Queryable, from: string, filter: Filter): Promise<Omit<Listed<never>, 'rows'>> {
  const matching = `select from ${from} ${filter.where}`;
  const [counted] = await db.query<{ total: number }>(
    `select count(*) as total from (${matching} limit ${COUNTED_AT_MOST + 1}) as counted`,
    filter.values,
  );
  const total = counted?.total ?? 0;
  if (total <= COUNTED_AT_MOST) return { total, countedTo: null };
  const [plan] = await db.query<{ 'QUERY PLAN': readonly { readonly Plan: { readonly 'Plan Rows': number } }[] }>(
    `explain (format json) ${matching}`,
    filter.values,
  );
  return { total: Math.max(total, plan?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0), countedTo: COUNTED_AT_MOST };
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
