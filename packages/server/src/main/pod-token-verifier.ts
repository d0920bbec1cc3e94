import type { PodIdentity, VerifyPodToken } from '../api/pod-identity.ts';
import { covers } from '../executors/kubernetes/watch-places.ts';
import { tokenAudience } from '../kube/pod/pod-identity-layer.ts';
import { KUBERNETES_EXECUTOR } from './build-executors.ts';
import type { Configuration } from './configuration.ts';
import { connectKubernetes, podPlaces } from './kubernetes.ts';

const POD_NAME = 'authentication.kubernetes.io/pod-name';
const POD_UID = 'authentication.kubernetes.io/pod-uid';
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Checks workers' projected tokens by TokenReview: the audience is this deployment's, the namespace one that pods are
 * launched in, and the token is bound to a pod. Without a Kubernetes executor no such token is ever good; text that is
 * no token at all never reaches the cluster.
 */
export async function podTokenVerifier(configuration: Configuration, deploymentId: string): Promise<VerifyPodToken> {
  if (!configuration.config.core.executor.includes(KUBERNETES_EXECUTOR)) return async () => null;
  const client = await connectKubernetes(configuration);
  const places = podPlaces(configuration);
  const audience = tokenAudience(deploymentId);
  return async (token) => {
    if (!JWT.test(token)) return null;
    const verdict = await client.createTokenReview(token, [audience]);
    if (!verdict.authenticated || !verdict.audiences.includes(audience)) return null;
    const identity = identityOf(verdict.username, verdict.extra);
    if (identity === null) return null;
    return places.some((place) => covers(place, identity.namespace)) ? identity : null;
  };
}

function identityOf(username: string | null, extra: { readonly [key: string]: readonly string[] }): PodIdentity | null {
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username ?? '');
  const podName = extra[POD_NAME]?.[0];
  const podUid = extra[POD_UID]?.[0];
  if (account === null || podName === undefined || podUid === undefined) return null;
  return { namespace: account[1]!, podName, podUid, serviceAccount: account[2]! };
}
