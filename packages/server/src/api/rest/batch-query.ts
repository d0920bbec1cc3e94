import { GantryError } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import type { Page } from '../../store/list-page.ts';
import { nullable } from './nullable.ts';
import { pageOf } from './page-query.ts';

/** Page fields of Airflow's lists that are asked for by a body. */
export const BatchPageFields = {
  page_limit: Type.Optional(Type.Integer({ minimum: 0, default: 100 })),
  page_offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1, default: 0 })),
  order_by: Type.Optional(nullable(Type.String({ maxLength: 100 }))),
};

type BatchPage = Static<ReturnType<typeof Type.Object<typeof BatchPageFields>>>;

export function batchPageOf(
  { page_limit: limit = 100, page_offset: offset = 0, order_by: field = null }: BatchPage,
  maximumPageLimit: number,
): Page {
  return pageOf({ limit, offset, order_by: field === null ? [] : [field] }, maximumPageLimit);
}

/** Such lists take their DAGs and runs from the body. Throws `bad_request` when the path names one. */
export function refuseNamed(name: 'dag_id' | 'dag_run_id', given: string): void {
  if (given === '~') return;
  throw new GantryError(
    'bad_request',
    `${name}: found ${JSON.stringify(given)}, expected ~; the body names what is meant.`,
  );
}
