import type { Failure } from '@gantry/sdk/model';
import type { KubeError, KubeErrorKind } from '../../kube/kube-error.ts';

/** What is to be done after a create, or a look, that went wrong. */
export type LaunchVerdict =
  | {
      readonly kind: 'later';
      /** For people, as the reason of the wait. */
      readonly sentence: string;
      /** The pod may exist: GET by name before anything else (I04). */
      readonly mustLook: boolean;
      readonly retryAfterMilliseconds: number | null;
    }
  | { readonly kind: 'refused'; readonly failure: Failure };

/** By kind of error: `later` heals by itself, `look` also but may have created the pod, `refused` needs a person. */
const BY_KIND: { readonly [kind in KubeErrorKind]: 'later' | 'look' | 'refused' } = {
  quota: 'later',
  too_many: 'later',
  unauthorized: 'later',
  conflict: 'later',
  gone: 'later',
  server: 'look',
  unreachable: 'look',
  timeout: 'look',
  invalid: 'refused',
  forbidden: 'refused',
  not_found: 'refused',
};

/** Reads a failed create by the kind of its error. */
export function judgeLaunchError(error: KubeError): LaunchVerdict {
  const what = BY_KIND[error.kind];
  if (what === 'refused') return refuseLaunch(`The pod cannot be created. ${error.message}`, { status: error.status });
  return {
    kind: 'later',
    sentence: `The pod cannot be created yet; it is tried again. ${error.message}`,
    mustLook: what === 'look',
    retryAfterMilliseconds: error.retryAfterMilliseconds,
  };
}

/** A launch that no further try will heal: configuration, which spends no retry. */
export function refuseLaunch(
  sentence: string,
  detail: Failure['detail'] = {},
): Extract<LaunchVerdict, { kind: 'refused' }> {
  return { kind: 'refused', failure: { class: 'configuration', sentence, retryable: false, detail } };
}
