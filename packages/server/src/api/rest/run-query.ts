import { RUN_STATES, RUN_TYPES } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import { RUN_PATTERNS, RUN_RANGES, type RunFilter } from '../../store/list-runs.ts';
import { BatchPageFields } from './batch-query.ts';
import { nullable } from './nullable.ts';
import { numberRangeFields, PageFields, patternFields, patternsOf, rangeFields, rangesOf } from './page-query.ts';

const RANGED = Object.keys(RUN_RANGES);
const NUMBERED = ['duration'];
const PATTERNED = Object.keys(RUN_PATTERNS);
const closed = { additionalProperties: false };
const BoundFields = { ...rangeFields(RANGED), ...numberRangeFields(NUMBERED) };

/** What a list of runs is asked by. */
export const RunQuery = Type.Object(
  {
    ...PageFields,
    ...BoundFields,
    ...patternFields(PATTERNED),
    state: Type.Optional(Type.Array(Type.Enum([...RUN_STATES]))),
    run_type: Type.Optional(Type.Array(Type.Enum([...RUN_TYPES]))),
    conf_contains: Type.Optional(Type.String({ maxLength: 1000 })),
    dag_version: Type.Optional(Type.Array(Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 }))),
  },
  closed,
);

export function runFilterOf(query: Static<typeof RunQuery>): Omit<RunFilter, 'access' | 'dagId'> {
  return {
    states: query.state,
    runTypes: query.run_type,
    confContains: query.conf_contains,
    versions: query.dag_version,
    patterns: patternsOf(query, PATTERNED),
    ranges: rangesOf(query, [...RANGED, ...NUMBERED]),
  };
}

/** The same in a body, as Airflow's DAGRunsBatchBody. */
export const RunBatchBody = Type.Object(
  {
    ...BatchPageFields,
    ...BoundFields,
    dag_ids: Type.Optional(nullable(Type.Array(Type.String(), { maxItems: 10_000 }))),
    states: Type.Optional(nullable(Type.Array(nullable(Type.Enum([...RUN_STATES]))))),
    conf_contains: Type.Optional(nullable(Type.String({ maxLength: 1000 }))),
  },
  closed,
);

export function runBatchFilterOf(body: Static<typeof RunBatchBody>): Omit<RunFilter, 'access' | 'dagId'> {
  return {
    dagIds: body.dag_ids ?? undefined,
    states: body.states?.filter((state) => state !== null),
    confContains: body.conf_contains ?? undefined,
    ranges: rangesOf(body, [...RANGED, ...NUMBERED]),
  };
}
