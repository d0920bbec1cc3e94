import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BundleIndex, Failure } from '@gantry/sdk/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Image } from '../../packages/server/src/cluster/node/images.ts';
import { FlowPlace } from '../flow/flow-place.ts';
import { ROOT } from '../house/source-files.ts';
import { findKubectl, kubectl } from '../support/kubectl.ts';
import { WORKER_FILE } from '../support/worker-image.ts';
import { imageOfContainerfile } from './containerfile.ts';

const KUBECTL = findKubectl();

/** Each of the three templates as it ships; only the repository is the test's own. */
function dags(repository: string, word: string): string {
  const template = (name: string) => join(ROOT, 'examples/pod_templates', name);
  const gitSync = {
    spec: { initContainers: [{ name: 'git-sync', env: [{ name: 'GITSYNC_REPO', value: repository }] }] },
  };
  const settings = {
    from_image: { podTemplateFile: template('dags_in_image.yaml') },
    from_volume: { podTemplateFile: template('dags_in_volume.yaml') },
    from_git: { podTemplateFile: template('git_sync.yaml'), podOverride: gitSync },
  };
  return `
import { dag, task } from '@gantry/sdk';
export const all = Object.entries(${JSON.stringify(settings)}).map(([id, executorConfig]) =>
  dag(id, { executorConfig }, () => {
    task('work', (_, context) => context.log.info('${word} from %s', import.meta.url))();
  }),
);
export const [image, volume, git] = all;
`;
}

/** What git-sync v4 does once, by its own variables: a work tree per commit, and a link to it. */
const GIT_SYNC = `
set -eu
test "$GITSYNC_ONE_TIME" = true
mkdir -p "$GITSYNC_ROOT/.worktrees"
git clone --quiet --depth "$GITSYNC_DEPTH" --branch "$GITSYNC_REF" "$GITSYNC_REPO" "$GITSYNC_ROOT/.new"
commit=$(git -C "$GITSYNC_ROOT/.new" rev-parse HEAD)
mv "$GITSYNC_ROOT/.new" "$GITSYNC_ROOT/.worktrees/$commit"
ln -s ".worktrees/$commit" "$GITSYNC_ROOT/$GITSYNC_LINK"
`;

let place: FlowPlace;
let delivery: string;
let repository: string;

beforeEach(async () => {
  if (KUBECTL === null) return;
  delivery = mkdtempSync(join(realpathSync(tmpdir()), 'gantry-delivery-'));
  repository = join(delivery, 'repository');
  mkdirSync(join(delivery, 'image'));
  execFileSync('git', ['init', '--quiet', '--initial-branch', 'main', repository]);
  place = await FlowPlace.open({
    executor: 'KubernetesExecutor',
    dags: () => ({ 'delivered.ts': dags(`file://${repository}`, 'first') }),
    // The images are those that the templates name.
    options: {
      GANTRY__KUBERNETES_EXECUTOR__WORKER_CONTAINER_REPOSITORY: '',
      GANTRY__KUBERNETES_EXECUTOR__WORKER_CONTAINER_TAG: '',
    },
    images: images(join(delivery, 'image')),
  });
  const claim = join(ROOT, 'examples/kubernetes/bundles-claim.yaml');
  expect(await kubectl(KUBECTL!, place.kubeconfig, ['apply', '-f', claim])).toMatchObject({ code: 0 });
  place.gantry.start('scheduler');
}, 120_000);
afterEach(async (context) => {
  await place?.close(context.task.result?.state === 'fail');
  if (delivery !== undefined) rmSync(delivery, { recursive: true, force: true });
}, 60_000);

/** What the templates name: the plain worker, the Containerfile's image with its bundles in a folder, and git-sync. */
function images(bundles: string): readonly Image[] {
  return [
    { name: 'gantry-worker', files: { '/gantry/worker.cjs': WORKER_FILE } },
    imageOfContainerfile('gantry-worker-with-dags', { bundles }),
    { name: 'git-sync', entrypoint: ['sh', '-c', GIT_SYNC] },
  ];
}

/** Builds a DAG folder, that of the DAG processor or `ahead` of it, and brings it to pods in all three ways; answers the newest digest. */
async function deliver(ahead?: string): Promise<string> {
  const built = join(delivery, 'built');
  const folder = ahead === undefined ? [] : ['--dags-folder', ahead];
  const answer = await place.gantry.command('dags', 'build', ...folder, '--output', built);
  expect(answer).toMatchObject({ code: 0, err: '' });
  for (const folder of [join(delivery, 'image'), place.claimFolder('gantry-bundles'), repository])
    cpSync(built, folder, { recursive: true });
  const git = (...words: readonly string[]) => execFileSync('git', ['-C', repository, ...words]);
  git('add', '--all');
  git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message', 'Bundles');
  const { bundles } = JSON.parse(readFileSync(join(built, 'bundles.json'), 'utf8')) as BundleIndex;
  return bundles.at(-1)!.digest;
}

interface Ended {
  readonly state: string;
  readonly log: string;
  readonly digest: string;
  readonly failure: Failure | null;
}

const WAYS = ['from_image', 'from_volume', 'from_git'] as const;

/** Runs the three DAGs side by side to their ends. */
function runAll(runId: string): Promise<Ended[]> {
  return Promise.all(WAYS.map((dagId) => run(dagId, runId)));
}

async function run(dagId: string, runId: string): Promise<Ended> {
  await expect.poll(() => place.gantry.rest(`/dags/${dagId}`), { timeout: 60_000 }).not.toBeNull();
  expect(await place.gantry.rest(`/dags/${dagId}/dagRuns`, { dag_run_id: runId })).not.toBeNull();
  const path = `/dags/${dagId}/dagRuns/${runId}`;
  const state = async () => (await place.gantry.rest<{ state: string }>(path))?.state;
  await expect.poll(state, { timeout: 120_000, interval: 200, message: `${dagId} ${runId}` }).toMatch(/success|failed/);
  const [row] = await place.database.query<{ failure: Failure | null; bundle_digest: string }>(
    `select a.failure, a.bundle_digest from attempt a join dag_run r on r.run_key = a.run_key
     where r.dag_id = $1 and r.run_id = $2 order by a.queued_at desc limit 1`,
    [dagId, runId],
  );
  const log = await place.gantry.rest<{ content: { event: string }[] }>(
    `${path}/taskInstances/work/logs/1?full_content=true`,
  );
  return {
    state: (await state())!,
    log: (log?.content ?? []).map(({ event }) => event).join('\n'),
    digest: row!.bundle_digest,
    failure: row!.failure,
  };
}

/** Newest stored code of the three DAGs. */
async function knownDigests(): Promise<string[]> {
  const rows = await place.database.query<{ bundle_digest: string }>(
    'select distinct on (dag_id) bundle_digest from dag_version order by dag_id, version desc',
  );
  return rows.map((row) => row.bundle_digest);
}

test.skipIf(KUBECTL === null)(
  'code comes from the image, the volume and git, and other code than the run’s is refused with both versions',
  async () => {
    const first = await deliver();
    for (const ended of await runAll('first')) {
      expect(ended).toMatchObject({ state: 'success', digest: first });
      // Not from the folder that a bundle sent by the API server would lie in.
      expect(ended.log).toMatch(new RegExp(`first from file:///(?!.*gantry-bundle-).*/${first}\\.mjs`));
    }

    // git-sync fetches a commit that is newer than the run, and the older bundle is still in it.
    const ahead = join(delivery, 'ahead');
    mkdirSync(ahead);
    writeFileSync(join(ahead, 'delivered.ts'), dags(`file://${repository}`, 'newer'));
    expect(await deliver(ahead)).not.toBe(first);
    for (const ended of await runAll('older')) {
      expect(ended).toMatchObject({ state: 'success', digest: first });
      expect(ended.log).toContain('first from file:///');
    }

    writeFileSync(join(place.gantry.home, 'dags/delivered.ts'), dags(`file://${repository}`, 'second'));
    await expect.poll(knownDigests, { timeout: 60_000 }).not.toContain(first);
    const [second] = await knownDigests();
    for (const ended of await runAll('ahead')) {
      expect(ended).toMatchObject({ state: 'failed', digest: second });
      expect(ended.failure).toMatchObject({ class: 'configuration', retryable: false });
      expect(ended.failure!.sentence).toContain(`Version 2 of the DAG`);
      expect(ended.failure!.sentence).toContain(`is pinned to the bundle ${second}`);
      expect(ended.failure!.sentence).toContain(`holds ${first} (built by Gantry`);
    }

    expect(await deliver()).toBe(second);
    for (const ended of await runAll('second')) {
      expect(ended).toMatchObject({ state: 'success', digest: second });
      expect(ended.log).toContain('second from file:///');
    }
  },
  240_000,
);
