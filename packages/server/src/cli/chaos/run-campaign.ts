import { resolve } from 'node:path';
import { CHAOS_DAG } from '../../main/chaos/chaos-dag.ts';
import { openChaosPlace } from '../../main/chaos/chaos-place.ts';
import { runChaos } from '../../main/chaos/run-chaos.ts';
import { dagsFolder, readConfiguration } from '../../main/configuration.ts';
import { systemRandom } from '../../main/system-random.ts';
import { untilSignal } from '../../main/until-signal.ts';
import { confirm } from '../confirm.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { OutputFormat } from '../output/output-format.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { UsageError } from '../usage-error.ts';
import { ownDag } from './own-dag.ts';
import { printCampaign } from './print-campaign.ts';

export interface CampaignOptions {
  readonly minutes: string;
  readonly settleMinutes: string;
  readonly seed?: string;
  readonly dag?: string;
  readonly dagsFolder?: string;
  readonly yes?: true;
  readonly output: OutputFormat;
}

const QUESTION =
  'This kills processes, deletes pods and ends database sessions of this deployment, runs of others among them. Is it a development deployment?';

/** Does faults by seed, checks what is left and prints it. Answers 1 when an invariant was violated. */
export async function runCampaign(options: CampaignOptions): Promise<number> {
  const minutes = numberOf('--minutes', options.minutes, 0.1, 24 * 60);
  const settleMinutes = numberOf('--settle-minutes', options.settleMinutes, 0.1, 24 * 60);
  const seed = options.seed === undefined ? Math.floor(systemRandom.fraction() * 1_000_000) : seedOf(options.seed);
  const [out, err] = [terminalOf(process.stdout), terminalOf(process.stderr)];
  if (options.yes !== true && process.stdin.isTTY !== true) {
    throw new UsageError(
      'gantry chaos run kills processes and pods of the deployment it runs against; add --yes to say that it is a development deployment.',
    );
  }
  if (!(await confirm(QUESTION, options.yes === true))) return EXIT_CODES.refused;
  const configuration = readConfiguration(process.env);
  const client = connect();
  const place = await openChaosPlace(configuration);
  const signal = untilSignal();
  err.write(`Faults by seed ${seed} for ${minutes} minutes; Ctrl-C ends them early.\n`);
  try {
    const folder = resolve(options.dagsFolder ?? dagsFolder(configuration));
    const dag = options.dag === undefined ? await ownDag(client, folder, signal) : null;
    try {
      const plan = {
        ...{ dagId: options.dag ?? CHAOS_DAG, seed, minutes, settleMinutes },
        trigger: (runId: string) => triggered(client, options.dag ?? CHAOS_DAG, runId),
        done: (fault: string) => err.write(err.colors.dim(`  ${fault}\n`)),
      };
      if (options.dag !== undefined) await client.send(apiPath`dags/${options.dag}`);
      const result = await runChaos(configuration, place, plan, signal);
      await printCampaign(out, options.output, seed, result);
      return result.verdicts.every(({ violations }) => violations.length === 0)
        ? EXIT_CODES.success
        : EXIT_CODES.failed;
    } finally {
      dag?.remove();
    }
  } finally {
    await place.close();
  }
}

/** A server that is killed at the moment answers nothing; whether the run was made is not known then, and it is not counted. */
async function triggered(client: RestClient, dagId: string, runId: string): Promise<boolean> {
  try {
    await client.send(apiPath`dags/${dagId}/dagRuns`, { method: 'POST', body: { dag_run_id: runId } });
    return true;
  } catch {
    return false;
  }
}

function numberOf(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new UsageError(`${flag}: found "${text}", expected a number of minutes from ${least} to ${most}.`);
}

function seedOf(text: string): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text)) return value;
  throw new UsageError(`--seed: found "${text}", expected a whole number of at most nine digits.`);
}
