/** How a param is asked for, by its JSON Schema. What has no field of its own is written as JSON. */
export type ParamKind = 'choice' | 'yes or no' | 'whole number' | 'number' | 'text' | 'json';

interface ParamSchema {
  readonly type?: unknown;
  readonly enum?: unknown;
}

const KINDS: Readonly<Record<string, ParamKind>> = {
  boolean: 'yes or no',
  integer: 'whole number',
  number: 'number',
  string: 'text',
};

export function paramKind(schema: ParamSchema): ParamKind {
  if (Array.isArray(schema.enum) && schema.enum.every((one) => ['string', 'number'].includes(typeof one)))
    return 'choice';
  // One that may also be null has a field of its own only as JSON, since an empty field is a text.
  return typeof schema.type === 'string' ? (KINDS[schema.type] ?? 'json') : 'json';
}

/** What a text means as JSON, or why it is none. */
export function parsedJson(text: string): { readonly value: unknown } | { readonly fault: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { fault: `This is no JSON: ${(error as Error).message}.` };
  }
}
