import type { ApiAddress } from './api-address.ts';
import { reach } from './reach.ts';
import { signIn } from './sign-in.ts';

const ANSWER_MILLISECONDS = 60_000;

export interface RestRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Field to value or values; what is undefined is left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  readonly body?: unknown;
}

/** A client of the REST API. Every failure is one sentence that names the URL that was tried. */
export class RestClient {
  readonly #address: ApiAddress;
  #token: string | null = null;

  constructor(address: ApiAddress) {
    this.#address = address;
  }

  get url(): string {
    return this.#address.url;
  }

  /** The JSON of an answer; null when it has no body. */
  async send<Answer>(path: string, request: RestRequest = {}): Promise<Answer> {
    const answer = await this.#fetch(path, request, 'application/json', AbortSignal.timeout(ANSWER_MILLISECONDS));
    if (answer.status === 204) return null as Answer;
    return (await answer.json()) as Answer;
  }

  /** An answer that goes on, as text in the pieces it comes in. */
  async *stream(path: string, accept: string, headers: Readonly<Record<string, string>>, signal: AbortSignal) {
    const answer = await this.#fetch(path, {}, accept, signal, headers);
    const decoder = new TextDecoder();
    for await (const piece of answer.body ?? []) yield decoder.decode(piece as Uint8Array, { stream: true });
  }

  async #fetch(
    path: string,
    { method = 'GET', query = {}, body }: RestRequest,
    accept: string,
    signal: AbortSignal,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    this.#token ??= await signIn(this.#address);
    return reach(this.#address, `${path}${queryText(query)}`, {
      method,
      signal,
      headers: {
        accept,
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

function queryText(query: RestRequest['query'] & object): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [value].flat().map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(String(each))}`);
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
