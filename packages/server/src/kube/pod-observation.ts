import type { Ending } from '@gantry/sdk/model';
import type { KubePod } from './kube-pod.ts';
import { isTerminalPhase, mainEnd, mainStatus } from './pod-containers.ts';
import { podEnding } from './pod-ending.ts';
import type { PodView } from './pod-view.ts';
import { type PodWait, podWait } from './pod-waiting.ts';

/** What one look at a pod says about its attempt (table P1 to P24). */
export type PodObservation =
  /** Also a pod that is about to be taken or whose node is silent: it may still live (P8, P18, P19). */
  | { readonly kind: 'running' }
  | PodWait
  | { readonly kind: 'ended'; readonly ending: Ending }
  /** Nothing can be said: a phase we do not know (P24). */
  | { readonly kind: 'nothing' };

/** Reads one pod by table P1 to P24. Pure; never throws (I25). */
export function observePod(pod: KubePod, view: PodView): PodObservation {
  if (view.gone || isTerminalPhase(pod) || mainEnd(pod) !== null)
    return { kind: 'ended', ending: podEnding(pod, view) };
  const main = mainStatus(pod)?.state.kind ?? 'none';
  switch (pod.phase) {
    case 'Pending':
      // The phase lags: a main container may run while an older phase is still written.
      return main === 'running' ? { kind: 'running' } : podWait(pod, view.patience);
    case 'Running':
      return main === 'waiting' ? podWait(pod, view.patience) : { kind: 'running' };
    default:
      return { kind: 'nothing' };
  }
}
