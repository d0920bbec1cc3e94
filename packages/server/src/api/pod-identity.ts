/** Whose token a projected service-account token is, as the cluster vouches for it. */
export interface PodIdentity {
  readonly namespace: string;
  readonly podName: string;
  readonly podUid: string;
  readonly serviceAccount: string;
}

/** Checks a projected token, audience included. Null: it is not valid. Throws when the cluster does not answer. */
export type VerifyPodToken = (token: string) => Promise<PodIdentity | null>;

/** The name of the pod that runs an attempt; it is derived from the attempt, so nothing has to be looked up. */
export type PodNameOf = (attempt: {
  readonly attemptId: string;
  readonly dagId: string;
  readonly taskId: string;
}) => string;
