import { createHmac } from 'node:crypto';
import { isSame } from '../credential.ts';

/** What must come back with a sign-in by a provider; it waits in the browser that began it. */
export interface SignInFlow {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** A local path. */
  readonly next: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** The cookie that keeps a flow: signed, so that nobody plants one of their own making. */
export interface FlowCookie {
  write(flow: SignInFlow): string;
  clear(): string;
  /** Null when there is none, it was not written by us, or its time is over. */
  read(header: string | undefined, now: number): SignInFlow | null;
}

export const FLOW_SECONDS = 600;
const LONGEST = 4000;

export function flowCookie(keyHex: string, isSecure: boolean): FlowCookie {
  const name = isSecure ? '__Host-gantry-oidc' : 'gantry-oidc';
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  const macOf = (body: string): string =>
    createHmac('sha256', Buffer.from(keyHex, 'hex')).update(`oidc sign-in\n${body}`).digest('base64url');
  return {
    write: (flow) => {
      const body = Buffer.from(JSON.stringify(flow)).toString('base64url');
      return `${name}=${body}.${macOf(body)}; ${attributes}; Max-Age=${FLOW_SECONDS}`;
    },
    clear: () => `${name}=; ${attributes}; Max-Age=0`,
    read: (header = '', now) => {
      const values = header.split(';').flatMap((part) => {
        const [key, value = ''] = part.trim().split('=');
        return key === name ? [value] : [];
      });
      const [body = '', mac = ''] = (values.length === 1 ? values[0]! : '').split('.');
      if (body === '' || body.length > LONGEST || !isSame(mac, macOf(body))) return null;
      const flow = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as SignInFlow;
      return flow.expiresAt > now ? flow : null;
    },
  };
}
