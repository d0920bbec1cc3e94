import { FlowPlace } from '../flow/flow-place.ts';
import { eventually } from '../support/eventually.ts';
import { OfficialClient, officialPackages } from './official-client.ts';

/** Null: left out, and the reason was printed. */
export const PACKAGES = officialPackages();
export const PATIENCE = { timeout: 20_000, interval: 200 };

const PIPELINE = `
import { dag, group, task } from '@gantry/sdk';
const rows = task('rows', { retries: 1, owner: 'ada', docMd: 'Counts.' }, async (_: void, context) => {
  context.log.info('counting');
  return { count: 3 };
});
const total = task('total', async (input: { count: number }) => input.count + 1);
export const pipeline = dag(
  'pipeline',
  { tags: ['blue', 'green'], description: 'Rows to a total.', docMd: '# Rows', maxActiveTasks: 8,
    params: { day: { default: 'monday', schema: { type: 'string', description: 'A day.' } } } },
  () => {
    const counted = rows();
    group('after', () => { total(counted); });
  },
);
`;

const TIMED = `
import { dag, task } from '@gantry/sdk';
const first = task('first', async () => 1);
const second = task('second', { pool: 'nowhere' }, async () => 2);
export const dags = [
  dag('daily', { schedule: '0 6 * * *', startDate: '2026-01-01', isPausedUponCreation: true, tags: ['blue'] }, () => { first(); }),
  dag('waiting', {}, () => { second(); }),
  dag('doomed', {}, () => { first(); }),
];
`;

const LASTING = `
import { dag, task } from '@gantry/sdk';
export const lasting = dag('lasting', {}, () => {
  const stay = task('stay', async () => { await new Promise((resolve) => setTimeout(resolve, 300_000)); });
  const after = task('after', async (_: void) => 1);
  after(stay());
});
`;

/** A Gantry of real processes and the official client signed in to it. */
export class ClientPlace {
  readonly flow: FlowPlace;
  readonly client: OfficialClient;

  private constructor(flow: FlowPlace, client: OfficialClient) {
    this.flow = flow;
    this.client = client;
  }

  /** DAGs are read and one run of `pipeline`, with the id `first`, has ended when this answers. */
  static async open(options: Readonly<Record<string, string>> = {}): Promise<ClientPlace> {
    const dags = () => ({
      'pipeline.ts': PIPELINE,
      'timed.ts': TIMED,
      'lasting.ts': LASTING,
      'broken.ts': 'export const it = ;\n',
    });
    const flow = await FlowPlace.open({ executor: 'LocalExecutor', dags, options });
    flow.gantry.start('scheduler');
    const client = new OfficialClient(PACKAGES!, flow.gantry.apiUrl, flow.gantry.token);
    const place = new ClientPlace(flow, client);
    try {
      await place.#beginWork();
    } catch (error) {
      const last = await client.ask('DAGApi', 'get_dags');
      await place.close(true);
      throw new Error(`${error}; the last answer: ${JSON.stringify(last)}`);
    }
    return place;
  }

  async #beginWork(): Promise<void> {
    const known = async () => (await this.client.ask('DAGApi', 'get_dags')).body?.total_entries === 5;
    await eventually('the five DAGs are known', known, PATIENCE.timeout);
    await this.runToItsEnd('pipeline', 'first');
  }

  async runToItsEnd(dagId: string, runId: string): Promise<void> {
    await this.client.call('DagRunApi', 'trigger_dag_run', {
      dag_id: dagId,
      trigger_dag_run_post_body: { dag_run_id: runId, logical_date: null, conf: { day: 'friday' } },
    });
    await this.untilRun(dagId, runId, 'success');
  }

  async untilRun(dagId: string, runId: string, state: string): Promise<void> {
    const run = { dag_id: dagId, dag_run_id: runId };
    const look = async () => (await this.client.call('DagRunApi', 'get_dag_run', run)).state === state;
    await eventually(`the run ${runId} is ${state}`, look, PATIENCE.timeout);
  }

  async untilTask(run: { readonly dag_id: string; readonly dag_run_id: string }, taskId: string, state: string) {
    const of = { ...run, task_id: taskId };
    const look = async () => (await this.client.ask('TaskInstanceApi', 'get_task_instance', of)).body?.state === state;
    await eventually(`the task ${taskId} is ${state}`, look, PATIENCE.timeout);
  }

  async close(failed: boolean): Promise<void> {
    await this.client.close();
    await this.flow.close(failed);
  }
}
