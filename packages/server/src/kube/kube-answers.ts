import type { KubePod } from './kube-pod.ts';

/** What a client counts its calls by. */
export type KubeVerb = 'create' | 'get' | 'delete' | 'list' | 'watch' | 'logs' | 'events' | 'other';

export type CreateAnswer =
  /** `identity` reads the answer only when it is asked for; null when it cannot be read. */
  | {
      readonly kind: 'created';
      readonly identity: () => { readonly uid: string; readonly resourceVersion: string } | null;
    }
  /** A pod of this name stands already; whose it is says a GET. */
  | { readonly kind: 'exists' }
  /** `ready` said no when its turn came; nothing was sent. */
  | { readonly kind: 'unwanted' };

/** `accepted`: it is being deleted. `gone`: there was none. `other`: the pod of this name has another uid. */
export type DeleteAnswer = 'accepted' | 'gone' | 'other';

export interface DeleteOptions {
  /** Deletes only the pod of this uid; without it, whatever bears the name. */
  readonly uid?: string;
  /** Default: the pod's own `terminationGracePeriodSeconds`. */
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  /** Other fields of Kubernetes' DeleteOptions, as `delete_option_kwargs` gives them. */
  readonly further?: { readonly [field: string]: unknown };
}

export interface ListOptions {
  readonly labelSelector: string;
  /** Pods a page. Default 500; null asks for all at once. */
  readonly limit?: number | null;
  /** Of the page before; null begins. */
  readonly continueToken?: string | null;
  readonly signal?: AbortSignal;
}

export interface PodPage {
  readonly pods: readonly KubePod[];
  /** The version of the whole list, the same on each of its pages. */
  readonly resourceVersion: string;
  /** Null on the last page. */
  readonly continueToken: string | null;
  /** Items that are no pod with name, uid and version. */
  readonly unreadable: number;
}

/** Names are the API's query parameters. */
export interface LogOptions {
  readonly container: string;
  /** Default 1 MiB. */
  readonly limitBytes?: number;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  readonly timestamps?: boolean;
  /** The container before its last restart. */
  readonly previous?: boolean;
}

/** An event about a pod; repeats are one with a count. */
export interface PodEvent {
  /** `Normal` or `Warning`. */
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly lastSeen: string | null;
  /** The component that said it. */
  readonly source: string;
}

export interface ServerVersion {
  readonly gitVersion: string;
  /** 0 when it cannot be read. */
  readonly major: number;
  readonly minor: number;
}

/** A right as a SelfSubjectAccessReview asks for it. */
export interface AccessRight {
  readonly verb: string;
  readonly resource: string;
  readonly subresource?: string;
  /** API group; absent for the core group. */
  readonly group?: string;
  /** Null asks for the whole cluster. */
  readonly namespace: string | null;
}

/** What a TokenReview says of a token. */
export interface TokenVerdict {
  readonly authenticated: boolean;
  /** `system:serviceaccount:NAMESPACE:NAME` for a pod. */
  readonly username: string | null;
  /** Those of the asked-for audiences that the token is for. */
  readonly audiences: readonly string[];
  /** Facts about the bearer, e.g. `authentication.kubernetes.io/pod-uid`. */
  readonly extra: { readonly [key: string]: readonly string[] };
  readonly error: string | null;
}

/** Counters since the client was made. */
export interface KubeStats {
  /** Calls sent, repeats included. */
  readonly requests: { readonly [verb in KubeVerb]: number };
  /** Answers by HTTP status; 0 counts calls without one. */
  readonly answers: ReadonlyMap<number, number>;
  readonly connectionsOpened: number;
  /** Writes allowed at the same time now. */
  readonly writeLimit: number;
}
