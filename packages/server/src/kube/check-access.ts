import { GantryError } from '@gantry/sdk/model';
import type { AccessRight } from './kube-answers.ts';
import type { KubeClient } from './kube-client.ts';
import { KubeError } from './kube-error.ts';

/** What the executor cannot do without. Logs are left out: without them it runs, and says so where a log is missing. */
const NEEDED_VERBS = ['create', 'get', 'list', 'watch', 'delete'] as const;

type CheckedClient = Pick<KubeClient, 'connection' | 'listPods' | 'isAllowed' | 'namespaceExists'>;

/**
 * Makes sure that pods can be run in these namespaces, the configured one first (null: in all of the cluster) before anything depends on it.
 * Throws `kubernetes_unreachable` or `kubernetes_forbidden` with one sentence that says where, what was refused and what
 * to do; nothing is created.
 */
export async function checkAccess(client: CheckedClient, namespaces: readonly string[] | null): Promise<void> {
  for (const [index, namespace] of (namespaces ?? [null]).entries()) {
    await saying(client, namespace, async () => {
      await mayList(client, namespace);
      if (namespace !== null) await mustExist(client, namespace, index === 0 ? 'first' : 'further');
      await mustBeAllowed(client, namespace);
    });
  }
}

/** A list of one pod: it tells at once whether the server answers, knows us and lets us look. */
async function mayList(client: CheckedClient, namespace: string | null): Promise<void> {
  await client.listPods(namespace, { labelSelector: '', limit: 1 });
}

async function mustExist(client: CheckedClient, namespace: string, which: 'first' | 'further'): Promise<void> {
  if ((await client.namespaceExists(namespace)) !== false) return;
  const remedy =
    which === 'first'
      ? 'set [kubernetes_executor] namespace to one that exists'
      : 'take it out of [kubernetes_executor] multi_namespace_mode_namespace_list';
  throw new GantryError(
    'kubernetes_forbidden',
    `There is no namespace "${namespace}" at ${placeOf(client)}; create it, or ${remedy}.`,
  );
}

async function mustBeAllowed(client: CheckedClient, namespace: string | null): Promise<void> {
  const rights = NEEDED_VERBS.map((verb): AccessRight => ({ verb, resource: 'pods', namespace }));
  const allowed = await Promise.all(rights.map((right) => client.isAllowed(right)));
  const refused = NEEDED_VERBS.filter((_, place) => allowed[place] === false);
  if (refused.length > 0) throw forbidden(client, namespace, refused);
}

async function saying(client: CheckedClient, namespace: string | null, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.kind === 'forbidden') throw forbidden(client, namespace, ['list'], error);
    if (error.kind === 'unauthorized') throw unknownToServer(client, error);
    const said = error.message.replace(/\.$/, '');
    const address = said.includes(placeOf(client)) ? 'the address' : `the address ${placeOf(client)}`;
    throw new GantryError('kubernetes_unreachable', `${said}; ${address} comes from ${from(client)}.`, {
      cause: error,
    });
  }
}

function forbidden(
  client: CheckedClient,
  namespace: string | null,
  verbs: readonly string[],
  cause?: KubeError,
): GantryError {
  const where = namespace === null ? 'in the whole cluster' : `in namespace "${namespace}"`;
  const grant =
    namespace === null
      ? 'there by a ClusterRole, or name the namespaces in [kubernetes_executor] multi_namespace_mode_namespace_list, for which a Role in each is enough'
      : 'there';
  return new GantryError(
    'kubernetes_forbidden',
    `The Kubernetes API at ${placeOf(client)} does not let ${from(client)} ${verbs.join(', ')} pods ${where}; grant its account ${NEEDED_VERBS.join(', ')} on pods ${grant}.`,
    { cause },
  );
}

function unknownToServer(client: CheckedClient, cause: KubeError): GantryError {
  const sentence =
    cause.status === null
      ? `There is no credential for the Kubernetes API at ${placeOf(client)} (${from(client)}): ${cause.message}`
      : `The Kubernetes API at ${placeOf(client)} does not know the credential of ${from(client)} (401); renew it or choose another context.`;
  return new GantryError('kubernetes_forbidden', sentence, { cause });
}

function placeOf(client: CheckedClient): string {
  return client.connection.server.origin;
}

function from(client: CheckedClient): string {
  return client.connection.description;
}
