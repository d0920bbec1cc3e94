import type { ClaimAnswer, ClaimRequest, Json } from '@gantry/sdk/model';
import type { Queryable } from '../../store/database.ts';
import { type GrantedClaim, grantClaims } from '../../store/grant-claims.ts';
import { readClaimedTasks } from '../../store/read-claimed-tasks.ts';
import { readResults } from '../../store/read-results.ts';
import { attemptToken, hashOf } from '../credential.ts';
import { GroupCommit } from '../group-commit.ts';
import type { ApiOptions } from '../options.ts';
import type { PodIdentity, PodPlaceOf } from '../pod-identity.ts';
import type { StoredCode } from './stored-code.ts';
import { taskFacts, wiredTasks } from './task-facts.ts';

/** A claim whose credential was found good; `pod` is null for the claim secret. */
export interface CheckedClaim {
  readonly attemptId: string;
  readonly request: ClaimRequest;
  readonly pod: PodIdentity | null;
}

export interface ClaimParts {
  readonly database: Queryable;
  readonly claimKey: string;
  readonly podPlaceOf: PodPlaceOf;
  readonly code: StoredCode;
  readonly options: ApiOptions;
}

type ResultOf = (runKey: number, taskIndex: number) => Json;

/** Grants claims in groups and answers them with all that a worker needs to start. */
export class Claims {
  readonly #parts: ClaimParts;
  readonly #group: GroupCommit<CheckedClaim, ClaimAnswer | null>;

  constructor(parts: ClaimParts) {
    this.#parts = parts;
    this.#group = new GroupCommit({
      commit: (claims) => this.#grant(claims),
      keyOf: (claim) => claim.attemptId,
    });
  }

  /** Null: the attempt is closed, was asked to stop, or belongs to another worker. */
  async claim(claim: CheckedClaim): Promise<ClaimAnswer | null> {
    return this.#group.add(claim);
  }

  async #grant(claims: readonly CheckedClaim[]): Promise<(ClaimAnswer | null)[]> {
    const own = await this.#ofTheirOwnPods(claims);
    const asked = own.map(({ attemptId, request, pod }) => ({
      attemptId,
      nonce: request.nonce,
      tokenHash: hashOf(attemptToken(this.#parts.claimKey, attemptId, request.nonce)),
      hostname: request.hostname.replaceAll('\u0000', ''),
      pid: request.pid,
      podShape: request.podShape ?? null,
      pod: pod === null ? null : { name: pod.podName, namespace: pod.namespace, uid: pod.podUid },
    }));
    const rows = await grantClaims(this.#parts.database, asked, this.#parts.options.leaseSeconds);
    const granted = new Map(rows.map((row) => [row.attemptId, row]));
    const resultOf = await this.#upstreamResults(rows);
    return Promise.all(
      claims.map(({ attemptId, request }) => {
        const row = granted.get(attemptId);
        return row === undefined ? null : this.#answer(row, request, resultOf);
      }),
    );
  }

  /** Leaves out claims of pods that are not the pod of the attempt they name. */
  async #ofTheirOwnPods(claims: readonly CheckedClaim[]): Promise<readonly CheckedClaim[]> {
    const byPods = claims.filter(({ pod }) => pod !== null);
    if (byPods.length === 0) return claims;
    const tasks = await readClaimedTasks(
      this.#parts.database,
      byPods.map(({ attemptId }) => attemptId),
    );
    const places = new Map(
      await Promise.all(
        tasks.map(async (task) => {
          const { name, namespace } = this.#parts.podPlaceOf(task, await this.#parts.code.spec(task));
          return [task.attemptId, `${namespace}/${name}`] as const;
        }),
      ),
    );
    return claims.filter(
      ({ attemptId, pod }) => pod === null || `${pod.namespace}/${pod.podName}` === places.get(attemptId),
    );
  }

  async #upstreamResults(rows: readonly GrantedClaim[]): Promise<ResultOf> {
    const places = await Promise.all(
      rows.map(async (row) => {
        const spec = await this.#parts.code.spec(row);
        return wiredTasks(spec.tasks[row.taskIndex]!, spec).map(([, taskIndex]) => ({ runKey: row.runKey, taskIndex }));
      }),
    );
    if (places.flat().length === 0) return () => null;
    const results = await readResults(this.#parts.database, places.flat());
    const values = new Map(results.map(({ runKey, taskIndex, value }) => [`${runKey}/${taskIndex}`, value]));
    return (runKey, taskIndex) => values.get(`${runKey}/${taskIndex}`) ?? null;
  }

  async #answer(row: GrantedClaim, request: ClaimRequest, resultOf: ResultOf): Promise<ClaimAnswer> {
    const { claimKey, code, options } = this.#parts;
    return {
      token: attemptToken(claimKey, row.attemptId, request.nonce),
      leaseSeconds: options.leaseSeconds,
      heartbeatSeconds: options.heartbeatSeconds,
      killGraceSeconds: options.killGraceSeconds,
      bundleDigest: row.bundleDigest,
      bundle: request.hasBundle ? null : await code.bundle(row.bundleDigest),
      task: taskFacts(row, await code.spec(row), (taskIndex) => resultOf(row.runKey, taskIndex)),
    };
  }
}
