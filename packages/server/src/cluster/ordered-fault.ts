import type { FaultScript } from './fault-script.ts';

/** Where the administrator of a local cluster orders a fault: `{ fault, namespace, name }`; the last two for faults of a pod. */
export const FAULT_PATH = '/gantry/faults';

/** Of the cluster as a whole. */
export const CLUSTER_FAULTS = {
  'watches cut': (script: FaultScript) => script.cutWatches(),
  'history lost': (script: FaultScript) => {
    script.expireHistory();
    script.cutWatches();
  },
  'creates refused with 429': (script: FaultScript) => script.failCreates(3, 429, 'TooManyRequests'),
  'creates refused with 500': (script: FaultScript) => script.failCreates(3, 500, 'InternalError'),
  'lists refused': (script: FaultScript) =>
    script.refuse(2, { method: 'GET', path: '/pods', code: 500, reason: 'InternalError', message: 'ordered' }),
  'answers slow': (script: FaultScript) => script.delayAnswers(500, '/pods'),
  'answers at once': (script: FaultScript) => script.delayAnswers(0),
} as const;
export type ClusterFault = keyof typeof CLUSTER_FAULTS;

/** Of one pod. */
export const POD_FAULTS = {
  'pod evicted': (script: FaultScript, namespace: string, name: string) => script.evictByPressure(namespace, name),
  'pod preempted': (script: FaultScript, namespace: string, name: string) => script.preempt(namespace, name),
} as const;
export type PodFault = keyof typeof POD_FAULTS;

/** Does what was ordered; false when there is no such fault. */
export function orderFault(script: FaultScript, order: Readonly<Record<string, unknown>>): boolean {
  const fault = String(order.fault);
  if (Object.hasOwn(CLUSTER_FAULTS, fault)) CLUSTER_FAULTS[fault as ClusterFault](script);
  else if (Object.hasOwn(POD_FAULTS, fault)) {
    POD_FAULTS[fault as PodFault](script, String(order.namespace), String(order.name));
  } else return false;
  return true;
}
