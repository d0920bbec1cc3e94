import type { KubeError } from '../kube-error.ts';
import type { Remark } from './remark.ts';
import { resourceAmount } from './resource-amount.ts';

/** Fields that this Kubernetes does not know, or that stand twice; empty when the pod was refused for something else. */
export function unknownFieldRemarks({ said }: KubeError): readonly Remark[] {
  if (said === null || !said.includes('strict decoding error')) return [];
  return [...said.matchAll(/(unknown|duplicate) field "([^"]+)"/g)].map(([, what, path = 'spec']) => {
    const sentence =
      what === 'unknown'
        ? 'The Kubernetes of this cluster knows no such field; the pod would run without it.'
        : 'The field stands twice; the pod would run with the last one.';
    return { level: 'error', path, sentence };
  });
}

/** What a refused dry run says about the pod, a sentence each. */
export function refusalRemarks(error: KubeError, namespace: string): readonly Remark[] {
  const words = (error.said ?? error.message).replace(/^(?:pods "[^"]*" is forbidden|Pod "[^"]*" is invalid): /, '');
  const sentence = `The cluster refuses the pod: ${words.replace(/\.$/, '')}.`;
  if (error.kind === 'invalid' && error.faults.length > 0)
    return error.faults.map(({ field, message }) => ({
      level: 'error',
      path: field,
      sentence: `The cluster refuses the pod: ${message.replace(/\.$/, '')}.`,
    }));
  if (error.kind === 'quota') return [quotaRemark(words)];
  const path = 'spec';
  if (/does not support dry run/.test(words) || error.status === 500 || error.kind === 'conflict')
    return [{ level: 'unchecked', path, sentence: `Admission is not checked: ${words.replace(/\.$/, '')}.` }];
  if (isMissingNamespace(error))
    return [{ level: 'error', path: 'metadata.namespace', sentence: `There is no namespace "${namespace}".` }];
  if (/^pods is forbidden: /.test(words)) {
    const right = `The account may not create pods in namespace "${namespace}"; grant it create on pods there.`;
    return [{ level: 'error', path: 'metadata.namespace', sentence: right }];
  }
  return [{ level: 'error', path, sentence }];
}

export function isMissingNamespace({ kind, said }: KubeError): boolean {
  return kind === 'not_found' && said?.startsWith('namespaces ') === true;
}

/** A quota that is used up now has room again one day; one that is smaller than the pod never has. */
function quotaRemark(words: string): Remark {
  const path = 'spec.containers';
  const found = /exceeded quota: (.*?), requested: (.*?), used: .*?, limited: (.*)$/.exec(words);
  const [, name = '', requested = '', limited = ''] = found ?? [];
  const limits = quantities(limited);
  const over = [...quantities(requested)].filter(([resource, quantity]) => {
    const limit = limits.get(resource);
    return (resourceAmount(quantity) ?? 0) > (resourceAmount(limit) ?? Number.POSITIVE_INFINITY);
  });
  if (found === null || over.length > 0) {
    const wish = over.map(([resource, quantity]) => `${resource} ${quantity} of ${limits.get(resource)}`).join(', ');
    const sentence =
      found === null
        ? `The cluster refuses the pod: ${words}.`
        : `The quota "${name}" never has room for the pod: it asks for ${wish}.`;
    return { level: 'error', path, sentence };
  }
  const sentence = `The quota "${name}" is used up now; the pod is launched once there is room: requested ${requested}, limited ${limited}.`;
  return { level: 'warning', path, sentence };
}

function quantities(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(',').flatMap((part) => {
      const at = part.lastIndexOf('=');
      return at === -1 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1).trim()] as const];
    }),
  );
}
