import { ERROR_CODES, type ErrorCodeName } from './error-codes.ts';

/** An error of a known code with a sentence for the user. It is shown without a stack unless `--debug` is given. */
export class GantryError extends Error {
  readonly code: ErrorCodeName;

  /** `detail` says where, what was found and what was expected; the code's own sentence is the default. */
  constructor(code: ErrorCodeName, detail?: string, options?: { cause?: unknown }) {
    super(detail ?? ERROR_CODES[code].sentence, options);
    this.name = 'GantryError';
    this.code = code;
  }
}
