/**
 * What a failed call means for the caller. `unreachable` and `timeout` are the only kinds after which the server may
 * have done what was asked: find out with a GET, never by doing it again (promise 2).
 */
export type KubeErrorKind =
  | 'conflict'
  | 'not_found'
  | 'forbidden'
  /** A 403 that means a ResourceQuota is used up: it may heal by itself. */
  | 'quota'
  | 'unauthorized'
  | 'too_many'
  /** 410, or reason Expired or Gone: the version or continue token is too old. */
  | 'gone'
  | 'invalid'
  | 'server'
  | 'unreachable'
  | 'timeout';

export interface KubeErrorFacts {
  readonly kind: KubeErrorKind;
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** `reason` of the Status body, e.g. `AlreadyExists`. */
  readonly reason: string | null;
  /** One sentence without a credential. */
  readonly message: string;
  /** From Retry-After or the Status's details; null when the server named none. */
  readonly retryAfterMilliseconds: number | null;
  /** Reasons of `details.causes`, e.g. `ResourceVersionTooLarge`. */
  readonly causes: readonly string[];
  /** `metadata.continue` of an expired list: a token for an inconsistent rest, which we never use (W15). */
  readonly continueToken: string | null;
  /** The server's own words; null when there was no answer with a Status body. */
  readonly said: string | null;
  /** What `details.causes` says of single fields, e.g. of a pod that is not valid. */
  readonly faults: readonly FieldFault[];
}

export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

/** A call to the Kubernetes API that did not succeed. */
export class KubeError extends Error implements KubeErrorFacts {
  readonly kind: KubeErrorKind;
  readonly status: number | null;
  readonly reason: string | null;
  readonly retryAfterMilliseconds: number | null;
  readonly causes: readonly string[];
  readonly continueToken: string | null;
  readonly said: string | null;
  readonly faults: readonly FieldFault[];

  constructor(
    facts: Partial<KubeErrorFacts> & Pick<KubeErrorFacts, 'kind' | 'message'>,
    options?: { cause?: unknown },
  ) {
    super(facts.message, options);
    this.name = 'KubeError';
    this.kind = facts.kind;
    this.status = facts.status ?? null;
    this.reason = facts.reason ?? null;
    this.retryAfterMilliseconds = facts.retryAfterMilliseconds ?? null;
    this.causes = facts.causes ?? [];
    this.continueToken = facts.continueToken ?? null;
    this.said = facts.said ?? null;
    this.faults = facts.faults ?? [];
  }
}
