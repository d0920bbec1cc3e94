import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Clock, Random } from '@gantry/sdk/model';
import { isLoose, type KubernetesObject, type Loose } from './kubernetes-object.ts';
import type { ObjectStore } from './object-store.ts';

/** The audience of tokens that are meant for the API server itself. */
export const API_AUDIENCE = 'https://kubernetes.default.svc.cluster.local';

export interface BoundPod {
  readonly name: string;
  readonly uid: string;
}

/** Who a token speaks for. */
export interface TokenUser {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

type Verdict = { readonly user: TokenUser; readonly audiences: readonly string[] } | { readonly error: string };

/**
 * Signs and checks service account tokens as the real API server does: ES256 JWTs, bound to an audience, to a time and
 * to a pod by name and uid. A token dies with its pod.
 */
export class AccountTokens {
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #privateKey: string;
  readonly #publicKey: KeyObject;

  constructor(store: ObjectStore, clock: Clock, random: Random, privateKey: string) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    this.#privateKey = privateKey;
    this.#publicKey = createPublicKey(privateKey);
  }

  issue(
    account: KubernetesObject,
    audiences: readonly string[],
    expirationSeconds: number,
    pod: BoundPod | null,
  ): string {
    const now = Math.floor(this.#clock.now() / 1000);
    const claims = {
      aud: audiences,
      exp: now + expirationSeconds,
      iat: now,
      nbf: now,
      iss: API_AUDIENCE,
      jti: this.#random.uuid(),
      sub: `system:serviceaccount:${account.metadata.namespace}:${account.metadata.name}`,
      'kubernetes.io': {
        namespace: account.metadata.namespace,
        serviceaccount: { name: account.metadata.name, uid: account.metadata.uid },
        ...(pod === null ? {} : { pod }),
      },
    };
    const text = `${part({ alg: 'ES256', typ: 'JWT' })}.${part(claims)}`;
    const signature = sign('sha256', Buffer.from(text), { key: this.#privateKey, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  }

  /** Checks a token for any of the audiences. */
  review(token: string, audiences: readonly string[]): Verdict {
    const claims = this.#claims(token);
    if (claims === null) return { error: 'invalid bearer token' };
    if (typeof claims.exp !== 'number' || claims.exp * 1000 < this.#clock.now()) return { error: 'token has expired' };
    const granted = audiences.filter((audience) => (claims.aud as readonly string[]).includes(audience));
    if (granted.length === 0)
      return {
        error: `token audiences ${JSON.stringify(claims.aud)} is invalid for the target audiences ${JSON.stringify(audiences)}`,
      };
    return this.#reviewBinding(claims, granted);
  }

  #claims(token: string): Loose | null {
    const [header, body, signature, ...more] = token.split('.');
    if (header === undefined || body === undefined || signature === undefined || more.length > 0) return null;
    const key = { key: this.#publicKey, dsaEncoding: 'ieee-p1363' } as const;
    if (!verify('sha256', Buffer.from(`${header}.${body}`), key, Buffer.from(signature, 'base64url'))) return null;
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Loose;
  }

  #reviewBinding(claims: Loose, audiences: readonly string[]): Verdict {
    const bound = claims['kubernetes.io'] as { namespace: string; serviceaccount: BoundPod; pod?: BoundPod };
    const { namespace, serviceaccount, pod } = bound;
    const account = this.#store.get('serviceaccounts', namespace, serviceaccount.name);
    if (account?.metadata.uid !== serviceaccount.uid)
      return { error: 'service account token is invalid: the account has been deleted' };
    const extra: Record<string, readonly string[]> = {
      'authentication.kubernetes.io/credential-id': [`JTI=${String(claims.jti)}`],
    };
    if (pod !== undefined) {
      const object = this.#store.get('pods', namespace, pod.name);
      if (object?.metadata.uid !== pod.uid)
        return { error: 'service account token has been invalidated: its pod is gone' };
      extra['authentication.kubernetes.io/pod-name'] = [pod.name];
      extra['authentication.kubernetes.io/pod-uid'] = [pod.uid];
      const node = isLoose(object?.spec) ? object?.spec.nodeName : undefined;
      if (typeof node === 'string') extra['authentication.kubernetes.io/node-name'] = [node];
    }
    const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
    return { user: { username: String(claims.sub), uid: serviceaccount.uid, groups, extra }, audiences };
  }
}

function part(value: Loose): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
