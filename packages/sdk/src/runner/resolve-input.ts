import type { InputSpec } from '../model/dag-spec.ts';
import type { Json } from '../model/json.ts';

/** The argument of a task: the spec with every wire replaced by what the task above it returned; null where it ends. */
export function resolveInput(spec: InputSpec, results: { readonly [taskId: string]: Json }): Json {
  switch (spec.kind) {
    case 'literal':
      return spec.value;
    case 'wire':
      return spec.path.reduce(fieldOf, fieldOf(results, spec.taskId));
    case 'list':
      return spec.items.map((item) => resolveInput(item, results));
    case 'object':
      return Object.fromEntries(
        Object.entries(spec.fields).map(([name, field]) => [name, resolveInput(field, results)]),
      );
  }
}

function fieldOf(value: Json, name: string): Json {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
  return (value as { readonly [key: string]: Json | undefined })[name] ?? null;
}
