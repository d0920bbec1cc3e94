import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../house/source-files.ts';
import { ended } from './gantry-processes.ts';

/** Who signs in at the provider. */
export interface Claims {
  readonly sub: string;
  readonly [claim: string]: unknown;
}

/** A real OpenID provider in a process of its own. */
export class OpenidProvider {
  readonly issuer: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, issuer: string) {
    this.#child = child;
    this.issuer = issuer;
  }

  static async start(redirectUri: string): Promise<OpenidProvider> {
    const program = join(ROOT, 'test/support/openid-provider.mjs');
    const child = spawn(process.execPath, [program, redirectUri], { stdio: ['pipe', 'pipe', 'ignore'] });
    const lines = createInterface({ input: child.stdout });
    for await (const line of lines) if (line.startsWith('http://')) return new OpenidProvider(child, line);
    throw new Error('The provider ended before it listened.');
  }

  async stop(): Promise<void> {
    await ended(this.#child, 'SIGKILL');
  }

  /** Signs in as a person does, from the URL that Gantry sent the browser to; answers the URL of Gantry's callback. */
  async signIn(url: string, claims: Claims): Promise<string> {
    await fetch(`${this.issuer}/people`, { method: 'PUT', body: JSON.stringify(claims) });
    const jar = new Map<string, string>();
    let at = await go(jar, url);
    const form = { prompt: 'login', login: claims.sub, password: 'any' };
    at = await go(jar, at, form);
    while (at.startsWith(this.issuer)) at = await go(jar, at);
    return at;
  }
}

/** One step of a browser: sends its cookies, keeps the new ones, and answers where it is sent next. */
async function go(jar: Map<string, string>, url: string, form?: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch(url, {
    redirect: 'manual',
    headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
  });
  for (const header of answer.headers.getSetCookie()) {
    const [pair = ''] = header.split(';');
    jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
  }
  const next = answer.headers.get('location');
  if (next === null)
    throw new Error(`${url} answered ${answer.status} and sent nowhere: ${(await answer.text()).slice(0, 500)}`);
  return new URL(next, url).href;
}
