import type { Param } from './param-field.tsx';
import { paramKind, parsedJson } from './param-kind.ts';

export type Params = Readonly<Record<string, Param>>;

/** What the fields of a form stand at first: the defaults of the DAG; of JSON fields their text. */
export function firstValues(params: Params): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(params).map(([name, { value, schema }]) => {
      const isJson = paramKind((schema ?? {}) as object) === 'json';
      return [name, isJson ? (value === undefined ? '' : JSON.stringify(value, null, 2)) : (value ?? undefined)];
    }),
  );
}

/** The conf that the fields mean, or by name of the param why one means nothing. */
export function confOf(
  params: Params,
  values: Readonly<Record<string, unknown>>,
): { readonly conf: Readonly<Record<string, unknown>> } | { readonly faults: Readonly<Record<string, string>> } {
  const conf: Record<string, unknown> = {};
  const faults: Record<string, string> = {};
  for (const [name, { schema }] of Object.entries(params)) {
    const value = values[name];
    if (value === undefined) continue;
    if (paramKind((schema ?? {}) as object) !== 'json') {
      conf[name] = value;
    } else if (value !== '') {
      const parsed = parsedJson(String(value));
      if ('fault' in parsed) faults[name] = parsed.fault;
      else conf[name] = parsed.value;
    }
  }
  return Object.keys(faults).length > 0 ? { faults } : { conf };
}
