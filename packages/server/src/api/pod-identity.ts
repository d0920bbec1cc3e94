import type { DagSpec } from '@gantry/sdk/model';

/** Whose token a projected service-account token is, as the cluster vouches for it. */
export interface PodIdentity {
  readonly namespace: string;
  readonly podName: string;
  readonly podUid: string;
  readonly serviceAccount: string;
}

/** Checks a projected token, audience included. Null: it is not valid. Throws when the cluster does not answer. */
export type VerifyPodToken = (token: string) => Promise<PodIdentity | null>;

/**
 * Where the pod that runs an attempt is, and what it is called: both follow from the attempt and its DAG version, so
 * nothing has to be looked up. Given by main, since the API knows no pods.
 */
export type PodPlaceOf = (
  attempt: { readonly attemptId: string; readonly dagId: string; readonly taskId: string },
  spec: DagSpec,
) => { readonly name: string; readonly namespace: string };
