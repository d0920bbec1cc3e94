import { availableParallelism } from 'node:os';
import { type DagSpec, GantryError, runIdFor } from '@gantry/sdk/model';
import { readConfiguration } from '../../main/configuration.ts';
import { paramsOfRun } from '../../main/params-of-run.ts';
import { systemClock } from '../../main/system-clock.ts';
import { untilSignal } from '../../main/until-signal.ts';
import { manualInterval } from '../../plan/timetable/next-run.ts';
import { atLeastOne } from '../count-argument.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { jsonObject, jsonObjectFile } from '../json-argument.ts';
import { faultText } from '../output/file-fault.ts';
import { terminalOf } from '../output/terminal.ts';
import { timeArgument } from '../time-argument.ts';
import { UsageError } from '../usage-error.ts';
import { loadFile } from './load-file.ts';
import { MemoryRun } from './memory-run.ts';
import { TestExecutionApi } from './test-execution-api.ts';
import { TestScreen } from './test-screen.ts';
import { WorkerLauncher } from './worker-launcher.ts';

export interface TestOptions {
  readonly conf?: string;
  readonly logicalDate?: string;
  readonly variables?: string;
  readonly parallelism?: string;
}

/** Runs one DAG of a file to its end on this machine. The exit code is the run's outcome. */
export async function testDag(file: string, dagId: string | null, options: TestOptions): Promise<number> {
  const configuration = readConfiguration(process.env);
  const conf = jsonObject('--conf', options.conf);
  const variables = options.variables === undefined ? {} : jsonObjectFile(options.variables);
  const parallelism = options.parallelism === undefined ? null : atLeastOne('--parallelism', options.parallelism);
  const logicalDate = timeArgument('--logical-date', options.logicalDate) ?? null;
  const loaded = await loadFile(configuration, file, null);
  if (loaded.kind === 'failure') throw new GantryError('dag_invalid', faultText(loaded));
  const spec = chosenDag(file, loaded.dags, dagId);
  const now = systemClock.now();
  const stands = logicalDate === null ? null : manualInterval(spec.schedule, Date.parse(logicalDate));
  const run = new MemoryRun({
    spec,
    bundleDigest: loaded.bundle.digest,
    runId: runIdFor('manual', logicalDate === null ? now : Date.parse(logicalDate)),
    logicalDate,
    interval: stands === null ? null : { start: iso(stands.intervalStart), end: iso(stands.intervalEnd) },
    conf,
    params: paramsOfRun(spec, conf),
    parallelism: parallelism ?? availableParallelism(),
    clock: systemClock,
  });
  const screen = new TestScreen(terminalOf(process.stdout), spec, systemClock);
  const api = await TestExecutionApi.open({ bundle: loaded.bundle, variables, xcom: (of) => run.xcom(of) });
  try {
    const launcher = new WorkerLauncher(api, configuration.environment, screen);
    const end = await run.run(launcher, screen, untilSignal());
    if (end === null) return EXIT_CODES.interrupted;
    screen.summarise(end);
    return end.state === 'success' ? EXIT_CODES.success : EXIT_CODES.failed;
  } finally {
    await api.close();
  }
}

function chosenDag(file: string, dags: readonly DagSpec[], dagId: string | null): DagSpec {
  const names = dags.map((dag) => dag.dagId).join(', ');
  if (dags.length === 0) throw new UsageError(`${file} defines no DAG; export one that dag() returned.`);
  if (dagId === null && dags.length > 1) throw new UsageError(`${file} defines several DAGs; name one of ${names}.`);
  const found = dagId === null ? dags[0] : dags.find((dag) => dag.dagId === dagId);
  if (found === undefined) throw new UsageError(`${file} defines no DAG ${dagId}, but ${names}.`);
  const pods = found.tasks.filter((task) => task.kind === 'pod').map((task) => task.taskId);
  if (pods.length === 0) return found;
  throw new UsageError(
    `${found.dagId} has kubernetesPod tasks (${pods.join(', ')}), which need a cluster; run it with gantry standalone --dag ${found.dagId}.`,
  );
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
