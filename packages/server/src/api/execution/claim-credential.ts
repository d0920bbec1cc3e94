import { type Clock, GantryError } from '@gantry/sdk/model';
import { BoundedCache } from '../bounded-cache.ts';
import { claimSecret, hashOf, isSame } from '../credential.ts';
import type { PodIdentity, VerifyPodToken } from '../pod-identity.ts';

const KEPT_MILLISECONDS = 60_000;
/** A token may be refused for a moment only, such as one that was just renewed. */
const REFUSAL_KEPT_MILLISECONDS = 2_000;
const KEPT_ANSWERS = 10_000;

interface KeptAnswer {
  readonly identity: Promise<PodIdentity | null>;
  readonly until: number;
}

/** Tells whose credential came with a claim. */
export class ClaimCredential {
  readonly #claimKey: string;
  readonly #verify: VerifyPodToken;
  readonly #clock: Clock;
  readonly #kept = new BoundedCache<KeptAnswer>(KEPT_ANSWERS);

  constructor(claimKey: string, verify: VerifyPodToken, clock: Clock) {
    this.#claimKey = claimKey;
    this.#verify = verify;
    this.#clock = clock;
  }

  /**
   * Null for the claim secret of this very attempt, else the pod whose projected token it is. Throws `unauthenticated`
   * for anything else, `unavailable` when the cluster cannot be asked.
   */
  async check(attemptId: string, bearer: string): Promise<PodIdentity | null> {
    if (isSame(bearer, claimSecret(this.#claimKey, attemptId))) return null;
    // A projected token is a JSON web token; nothing else is worth a question to the cluster.
    const identity = bearer.split('.').length === 3 ? await this.#podOf(bearer) : null;
    if (identity === null) throw new GantryError('unauthenticated', 'The credential of the claim is not valid.');
    return identity;
  }

  /** A repeated claim, or a pod that retries, asks the cluster once a minute; the token itself is not kept. */
  #podOf(token: string): Promise<PodIdentity | null> {
    const hash = hashOf(token);
    const now = this.#clock.monotonic();
    const kept = this.#kept.get(hash);
    if (kept !== undefined && kept.until > now) return kept.identity;
    const identity = this.#ask(token, hash, now);
    this.#kept.set(hash, { identity, until: now + KEPT_MILLISECONDS });
    return identity;
  }

  async #ask(token: string, hash: string, now: number): Promise<PodIdentity | null> {
    try {
      const identity = await this.#verify(token);
      if (identity === null) {
        this.#kept.set(hash, { identity: Promise.resolve(null), until: now + REFUSAL_KEPT_MILLISECONDS });
      }
      return identity;
    } catch (error) {
      this.#kept.delete(hash);
      throw new GantryError('unavailable', 'The cluster does not answer whose token it is; try again.', {
        cause: error,
      });
    }
  }
}
