import { PERMISSIONS } from '../../packages/server/src/api/permissions.ts';
import { CLIENT_OPERATIONS, CLIENT_VERSION } from '../client/client-operations.ts';
import { ABSENT, ABSENT_CLASSES, DIFFERS } from '../client/operation-notes.ts';
import { page, table, WRITTEN } from './page-lines.ts';

/** An operation of Airflow's client, and how Gantry answers it. */
export interface JudgedOperation {
  readonly api: string;
  readonly operation: string;
  readonly route: string;
  readonly verdict: 'same' | 'differs' | 'absent';
  /** How it differs or why it is absent; empty for the same. */
  readonly note: string;
}

/** Every operation of the client. Throws for one that has neither a route nor a reason, or both. */
export function judgedOperations(): readonly JudgedOperation[] {
  const served = new Set(Object.keys(PERMISSIONS).map(shapeOf));
  return CLIENT_OPERATIONS.map(([api, operation, method, path]) => {
    const route = `${method} ${path}`;
    const absent = ABSENT[operation] ?? ABSENT_CLASSES[api];
    const isServed = served.has(shapeOf(route));
    if (isServed === (absent !== undefined)) {
      const wrong = isServed ? 'has a route; take its reason out of' : 'has no route; write why into';
      throw new Error(`${operation} (${route}) ${wrong} test/client/operation-notes.ts.`);
    }
    const differs = DIFFERS[operation];
    if (absent !== undefined) return { api, operation, route, verdict: 'absent', note: absent };
    return { api, operation, route, verdict: differs === undefined ? 'same' : 'differs', note: differs ?? '' };
  });
}

/** A route without the names of its parameters, which the two sides choose for themselves. */
function shapeOf(route: string): string {
  return route.replace(/\{\w+\}|:\w+/g, '{}');
}

/** docs/airflow-api.md. */
export function airflowPage(): string {
  const judged = judgedOperations();
  const count = (verdict: JudgedOperation['verdict']) => judged.filter((row) => row.verdict === verdict).length;
  return page([
    "# Airflow's API, operation by operation",
    '',
    WRITTEN,
    '',
    `Apache Airflow's official Python client (\`apache-airflow-client\` ${CLIENT_VERSION}) can ask ${judged.length} things. Gantry answers`,
    `${count('same')} of them as Airflow does and ${count('differs')} with a difference that the table names; ${count('absent')} it does not have. A test`,
    'drives that client against a running Gantry with every operation that is not absent (`test/client`), so what the client can read is what you get:',
    '',
    '```python',
    'import airflow_client.client as airflow',
    '',
    'configuration = airflow.Configuration(host="http://127.0.0.1:8080", access_token="...")',
    'with airflow.ApiClient(configuration) as client:',
    '    for dag in airflow.DAGApi(client).get_dags().dags:',
    '        print(dag.dag_id, dag.is_paused)',
    '```',
    '',
    'The token comes from `POST /auth/token`: see [the REST API](rest-api.md), which also lists what Gantry has beyond Airflow.',
    '',
    '## Conventions',
    '',
    '- Lists: `limit` (50 when not given, at most `[api] maximum_page_limit`), `offset`, `order_by` (a minus in front for descending; an',
    '  unknown field is refused with 400), `total_entries`.',
    '- `~` in the place of a DAG or a run means all of them, in lists.',
    '- `*_pattern` finds a part of the text whatever its case, with `%` and `_` as in LIKE and `|` for OR; `*_prefix_pattern` finds its beginning.',
    '- Times: ISO 8601 with a zone; bounds by `_gte`, `_gt`, `_lte`, `_lt`.',
    '- Errors: `{"code", "detail"}`; `code` is Gantry\'s. For 422 `detail` is the list `[{"loc", "msg", "type"}]`, else a sentence.',
    '- Unknown fields of a body or a query are refused with 422.',
    '',
    '## Operations',
    '',
    ...table(
      ['class', 'operation', 'route', 'Gantry'],
      judged.map(({ api, operation, route, verdict, note }) => [
        api,
        `\`${operation}\``,
        `\`${route}\``,
        note === '' ? verdict : `${verdict}: ${note}`,
      ]),
    ),
    '',
  ]);
}
