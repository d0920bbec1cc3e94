import type { Routes } from './routes.ts';

export type Route = keyof Routes;
export type Answer<Name extends Route> = Routes[Name]['answer'];

/** What a route needs: the parts of its path, its query and its body, where it has them. */
export type Ask<Name extends Route> = Needed<'path', Routes[Name]['path']> & {
  readonly query?: Routes[Name]['query'];
  readonly signal?: AbortSignal | undefined;
} & (Routes[Name]['body'] extends undefined ? object : { readonly body: Routes[Name]['body'] });

type Needed<Key extends string, Value> = keyof Value extends never ? object : { readonly [key in Key]: Value };

/** An answer that says no: the API's code and sentence. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, sentence: string) {
    super(sentence);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
  }
}

/** One request to the REST API. Throws `Refusal` for an answer that says no, and for no answer at all (status 0). */
export async function call<Name extends Route>(route: Name, ask: Ask<Name>): Promise<Answer<Name>> {
  const space = route.indexOf(' ');
  return (await send(route.slice(0, space), route.slice(space + 1), ask)) as Answer<Name>;
}

interface AnyAsk {
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: object | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** The same by method and path, for routes whose answers the description does not hold, such as signing in. */
export async function send(method: string, template: string, ask: AnyAsk): Promise<unknown> {
  const { body, signal } = ask;
  const answer = await fetch(urlOf(template, ask), {
    method,
    credentials: 'same-origin',
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refusal(0, 'unreachable', 'Gantry does not answer. The page goes on by itself when it is back.');
  });
  const text = await answer.text();
  if (!answer.ok) throw refusalOf(answer.status, text);
  return text === '' ? null : JSON.parse(text);
}

/** The URL of a request; parts of the path are encoded, lists in the query are repeated. */
export function urlOf(template: string, { path = {}, query = {} }: AnyAsk): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) {
      if (one !== undefined && one !== null) search.append(name, String(one));
    }
  }
  return search.size === 0 ? filled : `${filled}?${search}`;
}

function refusalOf(status: number, text: string): Refusal {
  try {
    const { code, detail } = JSON.parse(text) as { code?: string; detail?: unknown };
    return new Refusal(status, code ?? 'unknown', sentenceOf(detail));
  } catch {
    return new Refusal(status, 'unknown', `Gantry answered with the status ${status}.`);
  }
}

/** A detail is a sentence, or a list with one for each field that does not fit. */
function sentenceOf(detail: unknown): string {
  if (typeof detail === 'string') return detail;
  if (!Array.isArray(detail)) return JSON.stringify(detail);
  return detail
    .map((one: { loc?: readonly unknown[]; msg?: string }) => `${(one.loc ?? []).join('.')}: ${one.msg ?? ''}`)
    .join(' ');
}
