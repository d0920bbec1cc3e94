import { type ErrorCodeName, GantryError } from '@gantry/sdk/model';
import { UsageError } from './usage-error.ts';

/** What a script can tell from the end of a command. */
export const EXIT_CODES = {
  success: 0,
  /** It was tried and did not work, or the run that was waited for failed. */
  failed: 1,
  /** Wrong usage, or a refusal to start that the same start would meet again. */
  refused: 2,
  /** Ended by Ctrl-C before there was an outcome, as shells count it. */
  interrupted: 130,
} as const;

/** What starting again does not mend; standalone gives a child up that ends so. */
const REFUSALS: ReadonlySet<ErrorCodeName> = new Set([
  'configuration_invalid',
  'database_unsupported',
  'database_outdated',
  'kubernetes_forbidden',
  'template_invalid',
  'override_invalid',
  'port_in_use',
  'home_in_use',
]);

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT_CODES.refused;
  return error instanceof GantryError && REFUSALS.has(error.code) ? EXIT_CODES.refused : EXIT_CODES.failed;
}
