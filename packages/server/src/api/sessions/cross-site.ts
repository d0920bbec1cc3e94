import type { IncomingHttpHeaders } from 'node:http';

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

export interface SentRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Why a request that a browser's cookie signs may not change anything; null when it may. The browser itself says where it
 * comes from: by Sec-Fetch-Site, and older ones by Origin. What says neither is no browser that holds our cookie.
 */
export function crossSiteFault({ method, headers }: SentRequest, baseUrl: string): string | null {
  if (SAFE_METHODS.includes(method)) return null;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) {
    return site === 'same-origin' || site === 'none' ? null : `The request comes from another site (${shown(site)}).`;
  }
  if (headers.origin === undefined) {
    return 'The request has a session cookie and neither Sec-Fetch-Site nor Origin; programs send a token instead.';
  }
  return isOwnOrigin(headers.origin, headers.host, baseUrl)
    ? null
    : `The request comes from another origin (${shown(headers.origin)}).`;
}

/** The same for a sign-in: a browser that says it comes from elsewhere is refused, a program that says nothing is not. */
export function foreignSignInFault(request: SentRequest, baseUrl: string): string | null {
  const { headers } = request;
  if (headers['sec-fetch-site'] === undefined && headers.origin === undefined) return null;
  return crossSiteFault(request, baseUrl);
}

function isOwnOrigin(origin: string, host: string | undefined, baseUrl: string): boolean {
  if (baseUrl !== '') return origin === new URL(baseUrl).origin;
  return host !== undefined && origin === `http://${host}`;
}

function shown(header: string | string[]): string {
  return JSON.stringify(String(header).slice(0, 100));
}
