import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { KubeConnection } from '../../packages/server/src/kube/kube-connection.ts';
import { KubeSession } from '../conformance/kube-session.ts';

const ACCOUNT = 'gantry';
export const EXECUTOR_VERBS = ['create', 'get', 'list', 'watch', 'delete'] as const;

/** Namespaces of one test on a real API server, and an account that may do nothing but what it is granted in them. */
export class RealNamespaces {
  readonly names: readonly string[];
  readonly #admin: KubeSession;
  #token = '';

  private constructor(admin: KubeSession, names: readonly string[]) {
    this.#admin = admin;
    this.names = names;
  }

  static async open(kubeconfig: string, count: number): Promise<RealNamespaces> {
    const mark = randomUUID().slice(0, 8);
    const names = Array.from({ length: count }, (_, index) => `gantry-test-${mark}-${index}`);
    const namespaces = new RealNamespaces(await KubeSession.open(kubeconfig), names);
    for (const name of names) await namespaces.#send('POST', '/api/v1/namespaces', { metadata: { name } });
    const accounts = `/api/v1/namespaces/${names[0]}/serviceaccounts`;
    await namespaces.#send('POST', accounts, { metadata: { name: ACCOUNT } });
    const answer = await namespaces.#send('POST', `${accounts}/${ACCOUNT}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {},
    });
    namespaces.#token = (answer as { status: { token: string } }).status.token;
    return namespaces;
  }

  /** Binds a Role with these verbs on pods, and on their logs, to the account. */
  async grant(namespace: string, verbs: readonly string[] = EXECUTOR_VERBS): Promise<void> {
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    const rules = [{ apiGroups: [''], resources: ['pods', 'pods/log'], verbs }];
    await this.#send('POST', `${rbac}/roles`, { metadata: { name: ACCOUNT }, rules });
    await this.#send('POST', `${rbac}/rolebindings`, {
      metadata: { name: ACCOUNT },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: ACCOUNT },
      subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: this.names[0] }],
    });
  }

  async revoke(namespace: string): Promise<void> {
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    for (const kind of ['rolebindings', 'roles']) await this.#send('DELETE', `${rbac}/${kind}/${ACCOUNT}`);
  }

  async createPod(namespace: string, pod: object): Promise<void> {
    await this.#send('POST', `/api/v1/namespaces/${namespace}/pods`, pod);
  }

  /** What a kubelet would write; there is none. */
  async setStatus(namespace: string, name: string, status: object): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
    const contentType = 'application/merge-patch+json';
    const answer = await this.#admin.send('PATCH', path, { body: { status }, contentType });
    if (answer.code !== 200) throw new Error(`The status of ${name} was not set: ${answer.text}`);
  }

  /** As the account. */
  get connection(): KubeConnection {
    const identity = { authorization: `Bearer ${this.#token}`, certificate: null, key: null };
    const credential = { identity: async () => identity, forget: () => undefined };
    return { ...this.#admin.connection, credential, description: 'the account of the test' };
  }

  /** A kubeconfig of the account. */
  async writeKubeconfig(path: string): Promise<void> {
    const { server, tls } = this.#admin.connection;
    const authority = Buffer.from(tls.certificateAuthority ?? '').toString('base64');
    const kubeconfig = {
      'current-context': ACCOUNT,
      contexts: [{ name: ACCOUNT, context: { cluster: ACCOUNT, user: ACCOUNT } }],
      clusters: [{ name: ACCOUNT, cluster: { server: server.href, 'certificate-authority-data': authority } }],
      users: [{ name: ACCOUNT, user: { token: this.#token } }],
    };
    await writeFile(path, JSON.stringify(kubeconfig), { mode: 0o600 });
  }

  /** Removes what the test made; the namespaces themselves only where a controller finishes their deletion. */
  async drop(): Promise<void> {
    for (const name of this.names) {
      await this.#admin.send('DELETE', `/api/v1/namespaces/${name}/pods?gracePeriodSeconds=0`);
      await this.#admin.send('DELETE', `/api/v1/namespaces/${name}`);
    }
    this.#admin.close();
  }

  async #send(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await this.#admin.send(method, path, body === undefined ? {} : { body });
    if (answer.code >= 300) throw new Error(`${method} ${path} was refused: ${answer.text}`);
    return answer.body;
  }
}
