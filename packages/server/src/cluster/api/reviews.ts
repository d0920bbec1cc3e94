import type { AccountTokens, BoundPod } from './account-tokens.ts';
import { API_AUDIENCE } from './account-tokens.ts';
import type { ApiAnswer } from './api-request.ts';
import { badRequest, conflict, invalid, notFound } from './api-status.ts';
import { isLoose, type KubernetesObject, kubernetesTime, type Loose } from './kubernetes-object.ts';
import type { ObjectStore } from './object-store.ts';
import { invalidValue } from './object-validation.ts';

/** `authentication.k8s.io/v1` TokenReview: who a token speaks for, or why it does not. */
export function reviewToken(tokens: AccountTokens, sent: Loose): ApiAnswer {
  const spec = isLoose(sent.spec) ? sent.spec : {};
  if (typeof spec.token !== 'string' || spec.token === '')
    throw badRequest('token is required for TokenReview in authentication');
  const audiences =
    Array.isArray(spec.audiences) && spec.audiences.length > 0 ? (spec.audiences as readonly string[]) : [API_AUDIENCE];
  const verdict = tokens.review(spec.token, audiences);
  const status =
    'error' in verdict
      ? { user: {}, error: verdict.error }
      : { authenticated: true, user: verdict.user, audiences: verdict.audiences };
  return { code: 201, body: { ...sent, metadata: { creationTimestamp: null }, status } };
}

/** `authorization.k8s.io/v1` SelfSubjectAccessReview: there is one administrator, who may do everything. */
export function reviewAccess(sent: Loose): ApiAnswer {
  return {
    code: 201,
    body: {
      ...sent,
      metadata: { creationTimestamp: null },
      status: { allowed: true, reason: 'the local cluster has no roles' },
    },
  };
}

/** `serviceaccounts/NAME/token`: a new token for the account, for given audiences, bound to a pod if one is named. */
export function requestToken(
  store: ObjectStore,
  tokens: AccountTokens,
  account: KubernetesObject,
  sent: Loose,
  now: number,
): ApiAnswer {
  const spec = isLoose(sent.spec) ? sent.spec : {};
  const seconds = typeof spec.expirationSeconds === 'number' ? spec.expirationSeconds : 3600;
  if (seconds < 600) {
    throw invalid('TokenRequest', '', [
      invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes'),
    ]);
  }
  const audiences =
    Array.isArray(spec.audiences) && spec.audiences.length > 0 ? (spec.audiences as readonly string[]) : [API_AUDIENCE];
  const token = tokens.issue(account, audiences, seconds, boundPod(store, account, spec.boundObjectRef));
  return {
    code: 201,
    body: {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: {
        name: account.metadata.name,
        namespace: account.metadata.namespace,
        creationTimestamp: kubernetesTime(now),
      },
      spec: { ...spec, audiences, expirationSeconds: seconds },
      status: { token, expirationTimestamp: kubernetesTime(now + seconds * 1000) },
    },
  };
}

function boundPod(store: ObjectStore, account: KubernetesObject, reference: unknown): BoundPod | null {
  if (!isLoose(reference)) return null;
  if (reference.kind !== 'Pod')
    throw badRequest(`cannot bind token for serviceaccount to object of type ${String(reference.kind)}`);
  const pod = store.get('pods', account.metadata.namespace ?? null, String(reference.name));
  if (pod === undefined) throw notFound('pods', String(reference.name));
  if (reference.uid !== undefined && reference.uid !== '' && reference.uid !== pod.metadata.uid) {
    throw conflict(
      'pods',
      pod.metadata.name,
      `the UID in the bound object reference (${String(reference.uid)}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  return { name: pod.metadata.name, uid: String(pod.metadata.uid) };
}
