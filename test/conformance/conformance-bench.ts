import type { Loose } from '../../packages/server/src/cluster/api/kubernetes-object.ts';
import type { Container, Pod, PodSpec } from '../../packages/server/src/cluster/pod.ts';
import { KubeClient } from '../../packages/server/src/kube/kube-client.ts';
import { noJitter, realClock } from '../support/scripted-kube-api.ts';
import { asPod, type KubeAnswer, KubeSession, until } from './kube-session.ts';

/** One place under test: a namespace of its own, and short words for what tests do to it. */
export class ConformanceBench {
  readonly session: KubeSession;
  readonly client: KubeClient;
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly image: string;
  #count = 0;
  readonly #volumes: string[] = [];

  private constructor(session: KubeSession, kubeconfig: string, namespace: string, image: string) {
    this.session = session;
    this.client = new KubeClient(session.connection, { clock: realClock, random: noJitter });
    this.kubeconfig = kubeconfig;
    this.namespace = namespace;
    this.image = image;
  }

  /** Opens a session and makes a namespace with its default account, whoever of the cluster makes that. */
  static async open(kubeconfig: string, image: string, suffix: string): Promise<ConformanceBench> {
    const session = await KubeSession.open(kubeconfig);
    const namespace = `gantry-conformance-${suffix}`;
    const bench = new ConformanceBench(session, kubeconfig, namespace, image);
    await session.send('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } });
    const account = `${bench.root}/serviceaccounts/default`;
    await until(
      'the default account',
      () => session.send('GET', account),
      ({ code }) => (code === 200 ? true : null),
    );
    return bench;
  }

  /** Removes what was made. A namespace that nobody finalizes (no controllers) is left empty. */
  async close(): Promise<void> {
    await this.session.send('DELETE', this.pods(), { body: { gracePeriodSeconds: 0 } });
    await this.session.send('DELETE', `/api/v1/namespaces/${this.namespace}`);
    for (const name of this.#volumes) await this.session.send('DELETE', `/api/v1/persistentvolumes/${name}`);
    this.client.close();
    this.session.close();
  }

  /** Of the namespace. */
  get root(): string {
    return `/api/v1/namespaces/${this.namespace}`;
  }

  pods(name = ''): string {
    return `${this.root}/pods${name === '' ? '' : `/${name}`}`;
  }

  /** A name that no other test of this run has. */
  name(word: string): string {
    this.#count += 1;
    return `${word}-${this.#count}`;
  }

  /** A pod whose containers and other fields are given; restartPolicy Never unless the spec says otherwise. */
  pod(name: string, spec: Loose = {}, metadata: Loose = {}): Loose {
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, ...metadata },
      spec: { restartPolicy: 'Never', containers: [this.container('true')], ...spec },
    };
  }

  /** A container named `base` that runs a shell script. */
  container(script: string, changes: Loose = {}): Container {
    return { name: 'base', image: this.image, command: ['sh', '-c', script], ...changes } as Container;
  }

  /** A pod that no scheduler looks at: it stays as it is until a test changes it. */
  unscheduled(name: string, spec: Loose = {}, metadata: Loose = {}): Loose {
    return this.pod(name, { schedulerName: 'nobody', ...spec }, metadata);
  }

  async create(pod: Loose): Promise<Pod> {
    return asPod(await expectCode(201, this.session.send('POST', this.pods(), { body: pod })));
  }

  /** Creates any other object of the namespace. */
  async make(plural: string, name: string, content: Loose): Promise<void> {
    await expectCode(
      201,
      this.session.send('POST', `${this.root}/${plural}`, { body: { metadata: { name }, ...content } }),
    );
  }

  /** Puts a pod onto a node that is not there, so that nobody runs it and its deletion waits. */
  async bindNowhere(name: string): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: 'nowhere' } };
    await expectCode(201, this.session.send('POST', `${this.pods(name)}/binding`, { body }));
  }

  async get(name: string): Promise<Pod> {
    return asPod(await expectCode(200, this.session.send('GET', this.pods(name))));
  }

  /** Waits until the pod is as asked. */
  async when(name: string, what: string, matches: (pod: Pod) => boolean): Promise<Pod> {
    return until(
      `pod ${name}: ${what}`,
      () => this.session.send('GET', this.pods(name)),
      (answer) => (answer.code === 200 && matches(asPod(answer)) ? asPod(answer) : null),
    );
  }

  async gone(name: string): Promise<void> {
    await until(
      `pod ${name} is gone`,
      () => this.session.send('GET', this.pods(name)),
      ({ code }) => (code === 404 ? true : null),
    );
  }

  /**
   * Makes a volume for a claim to find, where claims do not make their own, and gives its folder's name in the node's
   * /tmp; null on the local cluster, which has no such kind.
   */
  async persistentVolume(claim: string): Promise<string | null> {
    const name = `${this.namespace}-${claim}`;
    const body = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        capacity: { storage: '1Mi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: '',
        persistentVolumeReclaimPolicy: 'Retain',
        hostPath: { path: `/tmp/${name}`, type: 'DirectoryOrCreate' },
        claimRef: { namespace: this.namespace, name: claim },
      },
    };
    const { code } = await this.session.send('POST', '/api/v1/persistentvolumes', { body });
    if (code !== 201) return null;
    this.#volumes.push(name);
    return name;
  }

  async eventually(what: string, look: () => Promise<boolean>): Promise<void> {
    const nothing = { code: 0, body: null, text: '' };
    await until(
      what,
      async () => ({ ...nothing, code: (await look()) ? 1 : 0 }),
      ({ code }) => (code === 1 ? true : null),
    );
  }

  /** Creates a pod and waits for its end. */
  async run(word: string, spec: Partial<PodSpec> | Loose, metadata: Loose = {}): Promise<Pod> {
    const name = this.name(word);
    await this.create(this.pod(name, spec as Loose, metadata));
    return this.when(name, 'has ended', ({ status }) => status.phase === 'Succeeded' || status.phase === 'Failed');
  }

  /** Creates a pod of one shell script, waits for its end and gives what it wrote, without the last newline. */
  async output(word: string, script: string, container: Loose = {}, spec: Loose = {}): Promise<string> {
    const pod = await this.run(word, { ...spec, containers: [this.container(script, container)] });
    return (await this.log(pod.metadata.name)).replace(/\n$/, '');
  }

  async log(name: string, query = ''): Promise<string> {
    return (await expectCode(200, this.session.send('GET', `${this.pods(name)}/log${query}`))).text;
  }
}

export async function expectCode(code: number, asked: Promise<KubeAnswer>): Promise<KubeAnswer> {
  const answer = await asked;
  if (answer.code !== code) throw new Error(`Expected ${code}, but the answer is ${answer.code}: ${answer.text}`);
  return answer;
}

/** The bench's words, free of `this`. */
export function words(bench: ConformanceBench) {
  return {
    session: bench.session,
    client: bench.client,
    root: bench.root,
    namespace: bench.namespace,
    pods: (name?: string) => bench.pods(name),
    pod: bench.pod.bind(bench),
    container: bench.container.bind(bench),
    unscheduled: bench.unscheduled.bind(bench),
    create: bench.create.bind(bench),
    make: bench.make.bind(bench),
    get: bench.get.bind(bench),
    bindNowhere: bench.bindNowhere.bind(bench),
    gone: bench.gone.bind(bench),
    when: bench.when.bind(bench),
    run: bench.run.bind(bench),
    output: bench.output.bind(bench),
    log: bench.log.bind(bench),
    name: (word: string) => bench.name(word),
  };
}
