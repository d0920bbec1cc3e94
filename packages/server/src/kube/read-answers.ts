import type { PodEvent, PodPage, ServerVersion, TokenVerdict } from './kube-answers.ts';
import { KubeError } from './kube-error.ts';
import type { KubePod } from './kube-pod.ts';
import { readPod } from './read-pod.ts';

type Fields = { readonly [key: string]: unknown };

export function readPodAnswer(body: Buffer, what: string): KubePod {
  const pod = readPod(parse(body, what));
  if (pod === null) throw unreadable(what);
  return pod;
}

export function readPodPage(body: Buffer, what: string): PodPage {
  const answer = fields(parse(body, what));
  const metadata = fields(answer.metadata);
  const resourceVersion = metadata.resourceVersion;
  const items = answer.items ?? [];
  // A page without a version or with something else for items is no list; "no pods" must never be read into it (W18).
  if (typeof resourceVersion !== 'string' || resourceVersion === '' || !Array.isArray(items)) throw unreadable(what);
  const pods = items.map(readPod).filter((pod) => pod !== null);
  const token = metadata.continue;
  return {
    pods,
    resourceVersion,
    continueToken: typeof token === 'string' && token !== '' ? token : null,
    unreadable: items.length - pods.length,
  };
}

/** Name-independent identity of any object; null when the body cannot be read. */
export function readIdentity(body: Buffer): { readonly uid: string; readonly resourceVersion: string } | null {
  try {
    const metadata = fields(fields(JSON.parse(body.toString('utf8'))).metadata);
    const { uid, resourceVersion } = metadata;
    return typeof uid === 'string' && typeof resourceVersion === 'string' ? { uid, resourceVersion } : null;
  } catch {
    return null;
  }
}

/** Oldest first. */
export function readPodEvents(body: Buffer): readonly PodEvent[] {
  const items = fields(parse(body, 'list events')).items;
  if (!Array.isArray(items)) return [];
  return items.map(readPodEvent).sort((one, other) => (one.lastSeen ?? '').localeCompare(other.lastSeen ?? ''));
}

export function readServerVersion(body: Buffer): ServerVersion {
  const answer = fields(parse(body, 'get the version'));
  const number = (value: unknown) => Number.parseInt(String(value), 10) || 0;
  return { gitVersion: text(answer.gitVersion) ?? 'unknown', major: number(answer.major), minor: number(answer.minor) };
}

export function readAccessAnswer(body: Buffer): boolean {
  return fields(fields(parse(body, 'create selfsubjectaccessreviews')).status).allowed === true;
}

export function readTokenVerdict(body: Buffer): TokenVerdict {
  const status = fields(fields(parse(body, 'create tokenreviews')).status);
  const user = fields(status.user);
  const extra = Object.entries(fields(user.extra)).map(([key, value]) => [key, texts(value)] as const);
  return {
    authenticated: status.authenticated === true,
    username: text(user.username),
    audiences: texts(status.audiences),
    extra: Object.fromEntries(extra),
    error: text(status.error),
  };
}

function readPodEvent(item: unknown): PodEvent {
  const event = fields(item);
  const series = fields(event.series);
  const count = series.count ?? event.count;
  return {
    type: text(event.type) ?? 'Normal',
    reason: text(event.reason) ?? '',
    message: text(event.message) ?? '',
    count: typeof count === 'number' ? count : 1,
    lastSeen:
      text(series.lastObservedTime) ??
      text(event.lastTimestamp) ??
      text(event.eventTime) ??
      text(fields(event.metadata).creationTimestamp),
    source: text(event.reportingComponent) ?? text(fields(event.source).component) ?? '',
  };
}

function parse(body: Buffer, what: string): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw unreadable(what, cause);
  }
}

function unreadable(what: string, cause?: unknown): KubeError {
  const message = `The Kubernetes API, asked to ${what}, gave an answer that cannot be read.`;
  return new KubeError({ kind: 'server', reason: 'UNREADABLE', message }, { cause });
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
