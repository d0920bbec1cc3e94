// A Gantry of the bench's own: embedded Postgres with statement statistics, and real processes on it.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../packages/server/dist/store/connect.js';
import { startEmbeddedPostgres } from '../packages/server/dist/store/embedded/embedded-postgres.js';
import { migrate } from '../packages/server/dist/store/migrator.js';
import { cpuMilliseconds, until } from './figures.mjs';

const PROGRAM = fileURLToPath(new URL('../packages/server/bin/gantry.mjs', import.meta.url));
/** Marks the bench's own statements, so that they are not counted as Gantry's. Not in front: Postgres drops it there. */
const OWN = '/* bench */';

export async function startControlPlane(options = {}) {
  const home = mkdtempSync(join(tmpdir(), 'gantry-bench-'));
  // As root the server runs under another account, which must be able to pass.
  chmodSync(home, 0o711);
  const postgres = await startEmbeddedPostgres({ folder: join(home, 'postgres'), statementStatistics: true });
  writeFileSync(join(home, 'url'), postgres.url, { mode: 0o600 });
  mkdirSync(join(home, 'dags'));
  const database = await openDatabase({ url: postgres.url, applicationName: 'bench', poolSize: 2 });
  await migrate(database);
  await database.query('create extension if not exists pg_stat_statements');
  await database.query(`update pool set slots = -1 where name = 'default_pool'`);
  const postmaster = await postmasterOf(database);
  const environment = {
    PATH: process.env.PATH,
    HOME: home,
    GANTRY_HOME: home,
    GANTRY__DATABASE__URL_FILE: join(home, 'url'),
    GANTRY__CORE__PARALLELISM: '100000',
    GANTRY__KUBERNETES_EXECUTOR__PARALLELISM: '100000',
    GANTRY__LOGGING__LEVEL: 'warn',
    ...options,
  };
  const children = [];
  const plane = {
    home,
    database,
    environment,
    start(service) {
      const log = createWriteStream(join(home, `${service}.log`));
      const profile = process.env.PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.PROFILE}`] : [];
      const child = spawn(process.execPath, [...profile, PROGRAM, service], {
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.pipe(log);
      child.stderr.pipe(log);
      children.push(child);
      return child;
    },
    /** Stores a DAG version as intake would. */
    async seed({ spec }, code = 'export {};') {
      const digest = createHash('sha256').update(code).digest('hex');
      await database.query('insert into bundle (digest, code) values ($1, $2) on conflict do nothing', [digest, code]);
      await database.query(
        `insert into dag (dag_id, is_paused, file, current_version, max_active_runs, max_active_tasks) values ($1, false, $1, 1, $2, $3)`,
        [spec.dagId, spec.maxActiveRuns, spec.maxActiveTasks],
      );
      await database.query(
        `insert into dag_version (dag_id, version, spec, spec_digest, bundle_digest, source) values ($1, 1, $2, 'bench', $3, '')`,
        [spec.dagId, JSON.stringify(spec), digest],
      );
    },
    /** Creates runs and tells the scheduler. */
    async trigger(dagIds, prefix) {
      await database.query(
        `insert ${OWN} into dag_run (dag_id, run_id, version, run_type, run_after, triggered_by)
         select d, $2 || '-' || n, 1, 'manual', clock_timestamp(), 'bench' from unnest($1::text[]) with ordinality as t (d, n)`,
        [dagIds, prefix],
      );
      await database.query(`select ${OWN} pg_notify('gantry_scheduler', 'runs')`);
    },
    /** Asks seldom, since each question costs the database what a task does. */
    async allEnded(prefix, count, timeoutSeconds = 300) {
      await until(
        async () => {
          const [row] = await database.query(
            `select ${OWN} count(*) filter (where state = 'success') as good, count(*) filter (where state = 'failed') as bad
             from dag_run where run_id like $1 || '-%'`,
            [prefix],
          );
          if (row.bad > 0) throw new Error(`${row.bad} runs failed; see ${home}`);
          return row.good === count;
        },
        `the end of runs ${prefix}; see ${home}`,
        timeoutSeconds,
        100,
      );
    },
    /** Statements and commits of Gantry so far; the bench's own are left out. */
    async statements() {
      const [row] = await database.query(
        `select ${OWN} coalesce(sum(calls), 0)::float8 as calls from pg_stat_statements
         where query not like '%${OWN}%' and query not ilike 'listen%' and query not in ('BEGIN', 'COMMIT', 'begin', 'commit')`,
      );
      const [commits] = await database.query(
        `select ${OWN} xact_commit::float8 as commits from pg_stat_database where datname = current_database()`,
      );
      return { statements: row.calls, commits: commits.commits };
    },
    /** One row, one flush: the least that a decision can cost before it may be acted on. */
    async durableCommit() {
      await database.query(
        `insert ${OWN} into variable (key, value) values ('bench', '0') on conflict (key) do update set value = variable.value || '0'`,
        [],
        'bench_commit',
      );
    },
    /** The dearest statements so far, for people: where the time and the calls of a figure went. */
    async dearest() {
      return database.query(
        `select ${OWN} calls, round(total_exec_time) as milliseconds, rows, left(regexp_replace(query, '\\s+', ' ', 'g'), 110) as query
         from pg_stat_statements where query not like '%${OWN}%' order by total_exec_time desc limit 25`,
      );
    },
    postgresCpu: () => cpuMilliseconds(postmaster),
    async stop() {
      for (const child of children) child.kill('SIGTERM');
      await Promise.all(
        children.map((child) =>
          child.exitCode === null && child.signalCode === null
            ? new Promise((resolve) => child.once('exit', resolve))
            : null,
        ),
      );
      await database.close();
      await postgres.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
  // A bench that is given up leaves nothing running.
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => void plane.stop().finally(() => process.exit(1)));
  return plane;
}

/** The server's first process is the parent of every session's. */
async function postmasterOf(database) {
  const [{ pid }] = await database.query(`select ${OWN} pg_backend_pid() as pid`);
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}
