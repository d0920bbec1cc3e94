// Metric 13: what an idle scheduler and its Postgres cost with 10,000 DAGs registered and nothing due.
import { dag, task } from '@gantry/sdk';
import { startControlPlane } from './control-plane.mjs';
import { cpuMilliseconds, printLine, spread } from './figures.mjs';

const DAGS = Number(process.env.DAGS ?? 10_000);
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SECONDS = Number(process.env.SECONDS ?? 6);

const { spec } = dag('idle', { schedule: '0 0 1 1 *' }, () => {
  task('t', async () => {})();
});
const plane = await startControlPlane({
  GANTRY__CORE__EXECUTOR: 'LocalExecutor',
  GANTRY__LOCAL_EXECUTOR__SPARE_WORKERS: '0',
});
const shares = [];
const queries = [];
try {
  await plane.database.query(`insert into bundle (digest, code) values ('idle', '')`);
  await plane.database.query(
    `insert into dag (dag_id, is_paused, file, current_version, max_active_runs, max_active_tasks, schedule_changed, next_run_after)
     select 'dag_' || n, false, 'f', 1, 16, 16, false, now() + interval '1 year' from generate_series(1, $1::integer) n`,
    [DAGS],
  );
  await plane.database.query(
    `insert into dag_version (dag_id, version, spec, spec_digest, bundle_digest, source) select dag_id, 1, $1, 's', 'idle', '' from dag`,
    [JSON.stringify(spec)],
  );
  await plane.database.query('analyze');
  const scheduler = plane.start('scheduler');
  await pause(8);
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = { cpu: cpuMilliseconds(scheduler.pid) + plane.postgresCpu(), ...(await plane.statements()) };
    await pause(SECONDS);
    const after = { cpu: cpuMilliseconds(scheduler.pid) + plane.postgresCpu(), ...(await plane.statements()) };
    shares.push((after.cpu - before.cpu) / (SECONDS * 10));
    queries.push((after.statements - before.statements) / SECONDS);
  }
} finally {
  await plane.stop();
}
printLine({
  name: 'idle',
  unit: 'percent of a core, scheduler and Postgres',
  ...spread(shares),
  gate: 3,
  target: 0.5,
  queriesPerSecond: spread(queries),
  dags: DAGS,
  secondsARound: SECONDS,
});
process.exit(0);

function pause(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
