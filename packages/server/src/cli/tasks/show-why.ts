import type { OutputFormat } from '../output/output-format.ts';
import { printData } from '../output/print-data.ts';
import { printable } from '../output/printable.ts';
import { stateColor } from '../output/state-color.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';
import { newestRun } from '../rest/newest-run.ts';

interface WhyBody {
  readonly dag_run_id: string;
  readonly task_id: string;
  readonly state: string | null;
  readonly sentence: string | null;
  readonly chain: readonly {
    readonly kind: string;
    readonly blocking: boolean;
    readonly sentence: string;
    readonly unblock: string;
  }[];
}

/** Prints why a task is not running: the first cause that blocks and what would unblock it, then the others. */
export async function showWhy(
  dagId: string,
  taskId: string,
  options: { readonly run?: string; readonly mapIndex: string; readonly output: OutputFormat },
): Promise<void> {
  const client = connect();
  const runId = options.run ?? (await newestRun(client, dagId));
  const path = apiPath`gantry/dags/${dagId}/dagRuns/${runId}/taskInstances/${taskId}/why`;
  const why = await client.send<WhyBody>(path, { query: { map_index: options.mapIndex } });
  const terminal = terminalOf(process.stdout);
  if (options.output === 'json' || options.output === 'yaml') {
    await printData(terminal, options.output, why);
    return;
  }
  const { colors, write } = terminal;
  const state = why.state ?? 'none';
  write(`${colors.bold(why.task_id)} of run ${why.dag_run_id}: ${stateColor(colors, state)(state)}\n`);
  let first = true;
  for (const { blocking, sentence, unblock } of why.chain) {
    const mark = !blocking ? colors.dim('·') : first ? colors.yellow('→') : colors.dim('→');
    write(`${mark} ${printable(sentence)}\n  ${colors.dim(printable(unblock))}\n`);
    if (blocking) first = false;
  }
}
