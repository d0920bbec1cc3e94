import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type LocalCluster, startLocalCluster } from '../../packages/server/src/cluster/local-cluster.ts';
import { systemClock } from '../../packages/server/src/main/system-clock.ts';
import { systemRandom } from '../../packages/server/src/main/system-random.ts';
import { oneTaskDag } from '../support/dag-folder.ts';
import { emptyDatabase, type FreshDatabase, freshDatabase } from '../support/fresh-database.ts';
import { type GantryAnswer, GantryProcesses, gantryAnswer } from '../support/gantry-processes.ts';

// More than a call may take, so that one that hangs is ended and told before its test is given up.
vi.setConfig({ testTimeout: 90_000 });

let fresh: FreshDatabase;
let home: string;

beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh.drop());
beforeEach(() => {
  home = mkdtempSync(join(realpathSync(tmpdir()), 'gantry-bad-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function answerOf(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<GantryAnswer> {
  return gantryAnswer(home, words, { GANTRY__DATABASE__URL: fresh.url, ...environment });
}

/** One line for a person, after whatever a service has logged as JSON; no stack trace anywhere. */
function sentenceOf({ err, out }: GantryAnswer): string {
  expect(err + out).not.toMatch(/\n\s+at |node:internal/);
  const lines = err.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
  expect(lines.length).toBe(1);
  return lines[0]!;
}

async function refusal(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<[code: number | null, sentence: string]> {
  const answer = await answerOf(words, environment);
  return [answer.code, sentenceOf(answer)];
}

function kubeconfig(server: string, token = 'sesame'): string {
  const path = join(home, 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'there', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'me', user: { token } }],
    contexts: [{ name: 'here', context: { cluster: 'there', user: 'me' } }],
    'current-context': 'here',
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('the database', () => {
  test('that was never migrated stops a service, with the command that helps', async () => {
    const empty = await emptyDatabase();
    const answer = await refusal(['api-server'], { GANTRY__DATABASE__URL: empty.url });
    await empty.drop();
    expect(answer).toEqual([2, expect.stringMatching(/^gantry: .*gantry db migrate/)]);
  });

  test('that does not exist, or refuses the login, is named without the password', async () => {
    const missing = new URL(fresh.url);
    missing.pathname = '/nowhere';
    expect(await refusal(['scheduler'], { GANTRY__DATABASE__URL: missing.toString() })).toEqual([
      1,
      expect.stringMatching(/^gantry: The server at 127\.0\.0\.1:\d+\/nowhere has no such database: create it, /),
    ]);
    const stranger = new URL(fresh.url);
    stranger.password = 'open-sesame';
    const [code, sentence] = await refusal(['dag-processor'], { GANTRY__DATABASE__URL: stranger.toString() });
    expect([code, sentence]).toEqual([
      1,
      expect.stringMatching(/^gantry: The database at .* refuses the login of user /),
    ]);
    expect(sentence).not.toContain('sesame');
  });
});

test('a port in use stops the API server, with the port and the option', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const answer = await refusal(['api-server', '--port', String(port)], { GANTRY__CORE__EXECUTOR: 'LocalExecutor' });
  server.close();
  expect(answer).toEqual([2, expect.stringMatching(new RegExp(`^gantry: Port ${port} .*\\[api\\] port`))]);
});

test('an executor that there is none of is told with those there are', async () => {
  expect(await refusal(['scheduler'], { GANTRY__CORE__EXECUTOR: 'CeleryExecutor' })).toEqual([
    2,
    'gantry: [core] executor: found "CeleryExecutor", expected names among KubernetesExecutor, LocalExecutor.',
  ]);
});

describe('Kubernetes, when a scheduler starts', () => {
  const scheduler = (configFile: string, more: Readonly<Record<string, string>> = {}) =>
    refusal(['scheduler'], { GANTRY__KUBERNETES_EXECUTOR__CONFIG_FILE: configFile, ...more });

  test('that nobody serves is named with its address and where that comes from', async () => {
    const port = await closedPort();
    const [code, sentence] = await scheduler(kubeconfig(`https://127.0.0.1:${port}`));
    expect(code).toBe(1);
    expect(sentence).toContain(`https://127.0.0.1:${port}`);
    expect(sentence).toContain(join(home, 'kubeconfig'));
  });

  test('that is no Kubernetes, or speaks no TLS, is told so', async () => {
    const server = createServer((_, response) => response.end('<html>Welcome to the printer</html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const plain = await scheduler(kubeconfig(`http://127.0.0.1:${port}`));
    const secure = await scheduler(kubeconfig(`https://127.0.0.1:${port}`));
    server.close();
    for (const [code, sentence] of [plain, secure]) {
      expect(code).toBe(1);
      expect(sentence).toContain(`127.0.0.1:${port}`);
      expect(sentence).not.toMatch(/error of its own|is not a function|undefined/);
    }
  });

  test('whose kubeconfig is missing, broken or names no such context', async () => {
    const missing = join(home, 'missing');
    expect(await scheduler(missing)).toEqual([expect.any(Number), expect.stringContaining(missing)]);
    const broken = join(home, 'broken');
    writeFileSync(broken, 'apiVersion: v1\nclusters:\n  - name: [\n');
    const [code, sentence] = await scheduler(broken);
    expect([code, sentence]).toEqual([2, expect.stringContaining(broken)]);
    expect(sentence).toMatch(/line \d|:\d+/);
    const other = await scheduler(kubeconfig('https://127.0.0.1:1'), {
      GANTRY__KUBERNETES_EXECUTOR__CLUSTER_CONTEXT: 'elsewhere',
    });
    expect(other).toEqual([2, expect.stringContaining('elsewhere')]);
  });

  test('that forbids names the verb, the namespace and the account to grant it to', async () => {
    const forbidding = createServer((_, response) => {
      const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', code: 403 };
      const message =
        'pods is forbidden: User "guest" cannot list resource "pods" in API group "" in the namespace "workflows"';
      response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify({ ...status, message }));
    });
    await new Promise<void>((resolve) => forbidding.listen(0, '127.0.0.1', resolve));
    const { port } = forbidding.address() as AddressInfo;
    const answer = await scheduler(kubeconfig(`http://127.0.0.1:${port}`), {
      GANTRY__KUBERNETES_EXECUTOR__NAMESPACE: 'workflows',
    });
    forbidding.close();
    const [code, sentence] = answer;
    expect(code).toBe(2);
    expect(sentence).toMatch(/does not let .* list pods in namespace "workflows"; grant its account create, get, list/);
    expect(sentence).not.toContain('sesame');
  });
});

describe('on the local cluster', () => {
  let folder: string;
  let cluster: LocalCluster;
  beforeAll(async () => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'gantry-bad-cluster-'));
    cluster = await startLocalCluster({ folder, clock: systemClock, random: systemRandom });
  });
  afterAll(async () => {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const scheduler = (more: Readonly<Record<string, string>>) =>
    refusal(['scheduler'], { GANTRY__KUBERNETES_EXECUTOR__CONFIG_FILE: cluster.kubeconfigPath, ...more });

  test('a wrong token is told as such', async () => {
    const [code, sentence] = await scheduler({
      GANTRY__KUBERNETES_EXECUTOR__CONFIG_FILE: kubeconfig(cluster.url, 'not-this-one'),
    });
    expect([code, sentence]).toEqual([2, expect.stringContaining('does not know the credential')]);
    expect(sentence).not.toContain('not-this-one');
  });

  test('a namespace that is not there is told with the option', async () => {
    expect(await scheduler({ GANTRY__KUBERNETES_EXECUTOR__NAMESPACE: 'nowhere' })).toEqual([
      2,
      expect.stringMatching(/^gantry: There is no namespace "nowhere" at https:.*\[kubernetes_executor\] namespace/),
    ]);
  });

  test.each([
    ['missing', null, /template\.yaml/],
    ['not YAML', 'kind: Pod\nmetadata: [\n', /template\.yaml.*(line 2|:2|line 3|:3)/],
    ['of another kind', 'apiVersion: v1\nkind: Job\nmetadata: {name: x}\nspec: {}\n', /template\.yaml.*kind.*Job.*Pod/],
    [
      'without base in first place',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n    - name: main\n      image: busybox\n',
      /template\.yaml.*containers\[0\]\.name.*main.*base/,
    ],
    [
      'with an image that is blank',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n    - name: base\n      image: " "\n',
      /template\.yaml.*containers\[0\]\.image/,
    ],
  ])('a pod template that is %s stops the scheduler with file and place', async (_, text, expected) => {
    const path = join(home, 'template.yaml');
    if (text !== null) writeFileSync(path, text);
    const answer = await scheduler({ GANTRY__KUBERNETES_EXECUTOR__POD_TEMPLATE_FILE: path });
    expect(answer).toEqual([2, expect.stringMatching(expected)]);
  });
});

describe('DAG files', () => {
  const GOOD = oneTaskDag('good');
  let gantry: GantryProcesses;
  afterEach(() => gantry.stop());

  async function started(files: Readonly<Record<string, string>>, options: Readonly<Record<string, string>> = {}) {
    gantry = await GantryProcesses.prepare(fresh.url, files, options);
    await gantry.signIn(fresh.database);
    gantry.start('api-server');
    gantry.start('dag-processor');
  }

  const known = (dagId: string) => expect.poll(() => gantry.rest(`/dags/${dagId}`), { timeout: 60_000 }).not.toBeNull();

  test('that are broken are told with file and line, and the others are loaded', async () => {
    await started({
      'good.ts': GOOD,
      'throws.ts': `import './nothing.ts';\n`,
      'syntax.ts': `import { dag } from '@gantry/sdk';\nexport const it = dag('it', {}, () => {\n`,
      'falls.ts': `import { dag } from '@gantry/sdk';\nconst roof: string[] = [];\nexport const it = dag(roof[0]!.trim(), {}, () => undefined);\n`,
    });
    await known('good');
    const list = () => gantry.rest<{ total_entries: number }>('/importErrors');
    await expect.poll(async () => (await list())?.total_entries, { timeout: 60_000 }).toBe(3);
    const { code, out, err } = await gantry.command('dags', 'list-import-errors', '-o', 'plain');
    expect([code, err]).toEqual([0, '']);
    const lines = out.trim().split('\n').sort();
    expect(lines).toEqual([
      expect.stringMatching(/falls\.ts\t3\t\d+\t.*trim/),
      expect.stringMatching(/syntax\.ts\t3\t1\tUnexpected end of file/),
      expect.stringMatching(/throws\.ts\t1\t8\t.*nothing\.ts/),
    ]);
    expect(out).not.toMatch(/\n\s+at /);
  }, 120_000);

  test('in a folder that is not there yet are loaded when it comes; until then the log says so', async () => {
    const folder = join(home, 'later');
    await started({}, { GANTRY__CORE__DAGS_FOLDER: folder });
    await expect.poll(() => gantry.output, { timeout: 60_000 }).toContain(`The DAG folder ${folder} cannot be read`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'later.ts'), oneTaskDag('later'));
    await known('later');
    expect(gantry.output).not.toMatch(/\n\s+at /);
  }, 120_000);
});
