import type { Route } from './api-request.ts';
import { findResource } from './resources.ts';

/** What a path names: a resource that the server keeps, a review, a folder of discovery, or nothing. */
export function parseRoute(path: string): Route | null {
  const steps = path
    .split('/')
    .filter((step) => step !== '')
    .map(decodeStep);
  const [group, version, rest] =
    steps[0] === 'api' ? ['', steps[1], steps.slice(2)] : [steps[1], steps[2], steps.slice(3)];
  if (group === undefined || version === undefined || (steps[0] !== 'api' && steps[0] !== 'apis')) return null;
  if (rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize') {
    return routeOf(group, version, rest[1] ?? null, rest.slice(2));
  }
  return routeOf(group, version, null, rest);
}

function routeOf(group: string, version: string, namespace: string | null, rest: readonly string[]): Route | null {
  const [plural, name, subresource, ...more] = rest;
  if (plural === undefined || more.length > 0) return null;
  const resource = findResource(group, version, plural);
  if (resource === null || (namespace !== null && !resource.namespaced)) return null;
  return { resource, namespace, name: name ?? null, subresource: subresource ?? null };
}

function decodeStep(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
