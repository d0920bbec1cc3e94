import { DagDefinitionError, shown } from './definition-error.ts';

const LONGEST = 250;
/** Not `.` or `..`, which would be another path in a URL. */
const WITH_DOTS = /^(?!\.{1,2}$)[A-Za-z0-9_.-]+$/;
const WITHOUT_DOTS = /^[A-Za-z0-9_-]+$/;

/** Airflow's rule for DAG and task ids: letters, digits, `_`, `-` and `.`, at most 250 characters. */
export function identifier(value: unknown, what: string): string {
  return checked(value, what, WITH_DOTS, 'letters, digits, "_", "-" and "."');
}

/** Airflow's rule for group ids: no dots, since they part the group from what is in it. */
export function groupIdentifier(value: unknown): string {
  return checked(value, 'group', WITHOUT_DOTS, 'letters, digits, "_" and "-"');
}

function checked(value: unknown, what: string, pattern: RegExp, allowed: string): string {
  if (typeof value !== 'string')
    throw new DagDefinitionError(`The id of a ${what} must be a text, not ${shown(value)}.`);
  if (value.length > LONGEST)
    throw new DagDefinitionError(
      `The ${what} id ${shown(value)} has ${value.length} characters; at most ${LONGEST} are allowed.`,
    );
  if (pattern.test(value)) return value;
  throw new DagDefinitionError(`The ${what} id ${shown(value)} is not allowed; an id is made of ${allowed}.`);
}
