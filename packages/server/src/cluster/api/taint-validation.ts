import type { StatusCause } from './api-status.ts';
import { isLoose } from './kubernetes-object.ts';
import { required, unsupported } from './object-validation.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** What is wrong with the taints of a node's spec, in the real server's words. */
export function taintFaults(spec: unknown): readonly StatusCause[] {
  const taints = isLoose(spec) && Array.isArray(spec.taints) ? (spec.taints as readonly unknown[]) : [];
  return taints.flatMap((taint, index) => {
    const { key, effect } = isLoose(taint) ? taint : {};
    // The real server says metadata here, though taints are of the spec.
    const place = `metadata.taints[${index}]`;
    return [
      ...(key ? [] : [required(`${place}.key`)]),
      ...(effect ? [] : [required(`${place}.effect`)]),
      ...(!effect || EFFECTS.includes(String(effect)) ? [] : [unsupported(`${place}.effect`, effect, EFFECTS)]),
    ];
  });
}
