import { ERROR_CODES } from '@gantry/sdk/model';
import { Type } from 'typebox';

const ErrorBody = Type.Object({
  code: Type.Unsafe<string>({ type: 'string', enum: Object.keys(ERROR_CODES) }),
  detail: Type.String({ description: 'One sentence: what was found, what was expected, what to do.' }),
});

/** What any route may answer instead, for the description of the API. */
export const ErrorResponses = { '4xx': ErrorBody, '5xx': ErrorBody };
