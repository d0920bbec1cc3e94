import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifySchema, FastifySchemaCompiler } from 'fastify';

/** What a client writes is taken as it is; only texts of a query or a path become numbers and lists. */
const bodies = new Ajv({ allErrors: false, strict: false, coerceTypes: false, removeAdditional: false });
const texts = new Ajv({ allErrors: false, strict: false, coerceTypes: 'array', useDefaults: true });

for (const ajv of [bodies, texts]) addFormats.default(ajv, ['date-time', 'uuid']);

/** Fastify's validator compiler: bodies are closed and never coerced, unlike Fastify's own. */
export const compileValidator: FastifySchemaCompiler<FastifySchema> = ({ schema, httpPart }): ValidateFunction =>
  (httpPart === 'body' ? bodies : texts).compile(schema);

/** One sentence: place, what was expected. */
export function validationSentence(errors: readonly Partial<ErrorObject>[], place: string): Error {
  const [first] = errors;
  return new Error(first === undefined ? `The ${place} is not valid.` : faultSentence(first, place));
}

/** One fault that ajv found, as a sentence that names the field and, where it is short, what was expected. */
export function faultSentence(
  { instancePath = '', keyword, params = {}, message = '' }: Partial<ErrorObject>,
  place: string,
): string {
  const field = `${place}${instancePath.replaceAll('/', '.')}`;
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
    const name = params.additionalProperty ?? params.unevaluatedProperty;
    return `${field} has the unknown field ${JSON.stringify(name)}.`;
  }
  if (keyword === 'required') return `${field} lacks the field ${JSON.stringify(params.missingProperty)}.`;
  if (keyword === 'enum') return `${field} must be one of ${(params.allowedValues as unknown[]).join(', ')}.`;
  return `${field} ${message}.`;
}
