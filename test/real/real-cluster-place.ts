import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../house/source-files.ts';
import { type KubectlAnswer, kubectl } from '../support/kubectl.ts';
import { writeBusyboxImage, writeWorkerImage } from '../support/worker-image.ts';

const WORKER_IMAGE = { repository: 'localhost/gantry-worker', tag: 'test' } as const;
const KEEPER = 'keeper';

/** A whole cluster that tests may use, as the environment names it. */
export interface RealCluster {
  readonly kubeconfig: string;
  readonly imageImport: string;
  readonly podHost: string;
  readonly podApiPort: string;
}

/** The cluster of the environment, or the sentence that says what is missing. */
export function realCluster(environment: NodeJS.ProcessEnv): RealCluster | string {
  const names = [
    'GANTRY_TEST_CLUSTER_KUBECONFIG',
    'GANTRY_TEST_IMAGE_IMPORT',
    'GANTRY_TEST_POD_HOST',
    'GANTRY_TEST_POD_API_PORT',
  ] as const;
  const missing = names.filter((name) => !environment[name]);
  if (missing.length > 0) return `${missing.join(', ')} not set`;
  const [kubeconfig, imageImport, podHost, podApiPort] = names.map((name) => environment[name] as string);
  return { kubeconfig: kubeconfig!, imageImport: imageImport!, podHost: podHost!, podApiPort: podApiPort! };
}

/**
 * A namespace of the test's own on a real cluster: images imported, the rights that docs/real-kubernetes.md gives, and
 * the claim `gantry-output` on a folder of the node.
 */
export class RealClusterPlace {
  readonly namespace: string;
  /** Holds exactly the rights that the docs name. */
  readonly gantryKubeconfig: string;
  readonly #cluster: RealCluster;
  readonly #program: string;
  readonly #folder: string;
  #hasBusybox = false;

  private constructor(cluster: RealCluster, program: string) {
    this.#cluster = cluster;
    this.#program = program;
    this.#folder = mkdtempSync(join(tmpdir(), 'gantry-real-'));
    chmodSync(this.#folder, 0o777);
    this.namespace = `gantry-test-${this.#folder
      .slice(-6)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, 'x')}`;
    this.gantryKubeconfig = join(this.#folder, 'gantry-kubeconfig');
  }

  static async open(cluster: RealCluster, program: string): Promise<RealClusterPlace> {
    const place = new RealClusterPlace(cluster, program);
    try {
      place.#importImages();
      await place.#furnish();
      return place;
    } catch (error) {
      await place.close();
      throw error;
    }
  }

  /** False where this machine has no static busybox to make an image of. */
  get hasBusybox(): boolean {
    return this.#hasBusybox;
  }

  /** GANTRY__ variables of processes that use this place. */
  get options(): Readonly<Record<string, string>> {
    const { podHost, podApiPort } = this.#cluster;
    return {
      GANTRY__CORE__EXECUTOR: 'KubernetesExecutor',
      GANTRY__CORE__EXECUTION_API_SERVER_URL: `http://${podHost}:${podApiPort}`,
      GANTRY__CORE__DAGS_FOLDER: join(ROOT, 'examples/dags'),
      GANTRY__API__PORT: podApiPort,
      GANTRY__KUBERNETES_EXECUTOR__CONFIG_FILE: this.gantryKubeconfig,
      GANTRY__KUBERNETES_EXECUTOR__NAMESPACE: this.namespace,
      GANTRY__KUBERNETES_EXECUTOR__WORKER_CONTAINER_REPOSITORY: WORKER_IMAGE.repository,
      GANTRY__KUBERNETES_EXECUTOR__WORKER_CONTAINER_TAG: WORKER_IMAGE.tag,
    };
  }

  /** Runs kubectl as the cluster's administrator. */
  kubectl(...parameters: readonly string[]): Promise<KubectlAnswer> {
    return kubectl(this.#program, this.#cluster.kubeconfig, parameters);
  }

  /** Pods of the namespace, as `kubectl get pods` names them, e.g. `pod/NAME`. */
  async podNames(): Promise<string[]> {
    const { stdout } = await this.#must(['get', 'pods', '--namespace', this.namespace, '--output', 'name']);
    return stdout.split('\n').filter((line) => line !== '');
  }

  /** Follows `kubectl get pods --watch`, which misses no pod however short it is; `stop` answers the names it showed. */
  watchPods(selector: string): { readonly stop: () => ReadonlySet<string> } {
    const parameters = ['get', 'pods', '--namespace', this.namespace, '--selector', selector, '--watch'];
    const watch = spawn(this.#program, ['--kubeconfig', this.#cluster.kubeconfig, ...parameters, '--output', 'name'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    watch.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    return {
      stop() {
        watch.kill();
        return new Set(
          text
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => line.replace('pod/', '')),
        );
      },
    };
  }

  /** Which standard of pod security the namespace enforces from now on. */
  async enforce(standard: 'restricted' | 'baseline' | 'privileged'): Promise<void> {
    const label = `pod-security.kubernetes.io/enforce=${standard}`;
    await this.#must(['label', '--overwrite', 'namespace', this.namespace, label]);
  }

  /** A file that a task wrote to the claim. */
  async readOutput(name: string): Promise<string> {
    const script = 'process.stdout.write(require("fs").readFileSync("/output/" + process.argv[1]))';
    const answer = await this.#must([
      'exec',
      '--namespace',
      this.#ownNamespace,
      KEEPER,
      '--',
      'node',
      '-e',
      script,
      name,
    ]);
    return answer.stdout;
  }

  async close(): Promise<void> {
    await this.kubectl('delete', 'namespace', this.namespace, this.#ownNamespace, '--ignore-not-found', '--wait=false');
    await this.kubectl('delete', 'persistentvolume', this.namespace, '--ignore-not-found', '--wait=false');
    for (const kind of ['clusterrole', 'clusterrolebinding']) {
      await this.kubectl('delete', kind, this.namespace, '--ignore-not-found');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Where what belongs to the test itself runs, so that Gantry's namespace shows Gantry's pods alone. */
  get #ownNamespace(): string {
    return `${this.namespace}-own`;
  }

  /** Makes `node:20` known to the cluster: this machine's Node. */
  importNodeImage(): void {
    this.#importNode('docker.io/library/node:20');
  }

  #importNode(name: string): void {
    const archive = join(this.#folder, 'node.tar');
    writeWorkerImage(archive, name);
    this.#import(archive);
  }

  #importImages(): void {
    this.#importNode(`${WORKER_IMAGE.repository}:${WORKER_IMAGE.tag}`);
    const busybox = join(this.#folder, 'busybox.tar');
    this.#hasBusybox = writeBusyboxImage(busybox, 'docker.io/library/busybox:1.37');
    if (this.#hasBusybox) this.#import(busybox);
  }

  #import(archive: string): void {
    execFileSync('sh', ['-c', `${this.#cluster.imageImport} "$1"`, 'sh', archive], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    rmSync(archive);
  }

  async #furnish(): Promise<void> {
    for (const name of [this.namespace, this.#ownNamespace]) await this.#must(['create', 'namespace', name]);
    await this.enforce('restricted');
    await this.#grant();
    await this.#makeClaim();
  }

  async #grant(): Promise<void> {
    const text = readFileSync(join(ROOT, 'docs/real-kubernetes.md'), 'utf8');
    const roles = /```yaml\n(apiVersion: rbac[^`]*)```/.exec(text)![1]!;
    const here = roles
      .replaceAll('workflows', this.namespace)
      .replace('name: gantry-cluster', `name: ${this.namespace}`);
    await this.#must(['apply', '-f', '-'], here);
    const of = ['--namespace', this.namespace];
    const account = `--serviceaccount=${this.namespace}:gantry`;
    await this.#must(['create', 'serviceaccount', 'gantry', ...of]);
    await this.#must(['create', 'rolebinding', 'gantry', '--role=gantry', account, ...of]);
    await this.#must(['create', 'clusterrolebinding', this.namespace, `--clusterrole=${this.namespace}`, account]);
    const token = (await this.#must(['create', 'token', 'gantry', ...of])).stdout.trim();
    const config = JSON.parse((await this.#must(['config', 'view', '--raw', '--minify', '--output', 'json'])).stdout);
    const users = [{ name: config.contexts[0].context.user, user: { token } }];
    writeFileSync(this.gantryKubeconfig, JSON.stringify({ ...config, users }), { mode: 0o600 });
  }

  /** The volume is a folder of the node; a pod of the test's own opens it to every account, and reads it afterwards. */
  async #makeClaim(): Promise<void> {
    const hostPath = { path: join(this.#folder, 'output'), type: 'DirectoryOrCreate' };
    const volume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: this.namespace },
      spec: {
        capacity: { storage: '64Mi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: '',
        claimRef: { namespace: this.namespace, name: 'gantry-output' },
        hostPath,
      },
    };
    const script =
      'require("fs").chmodSync("/output", 0o777); setInterval(() => {}, 60_000); process.on("SIGTERM", () => process.exit())';
    const keeper = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: KEEPER, namespace: this.#ownNamespace },
      spec: {
        containers: [
          {
            name: 'base',
            image: `${WORKER_IMAGE.repository}:${WORKER_IMAGE.tag}`,
            imagePullPolicy: 'Never',
            args: ['node', '-e', script],
            volumeMounts: [{ name: 'output', mountPath: '/output' }],
          },
        ],
        volumes: [{ name: 'output', hostPath }],
      },
    };
    for (const object of [volume, keeper]) await this.#must(['apply', '-f', '-'], JSON.stringify(object));
    const claim = join(ROOT, 'examples/kubernetes/output-claim.yaml');
    await this.#must(['apply', '--namespace', this.namespace, '-f', claim]);
    const ready = ['wait', '--for=condition=Ready', `pod/${KEEPER}`, '--timeout=50s'];
    await this.#must([...ready, '--namespace', this.#ownNamespace]);
  }

  async #must(parameters: readonly string[], input?: string): Promise<KubectlAnswer> {
    const answer = await kubectl(this.#program, this.#cluster.kubeconfig, parameters, input);
    if (answer.code !== 0) throw new Error(`kubectl ${parameters.join(' ')}: ${answer.stderr}`);
    return answer;
  }
}
