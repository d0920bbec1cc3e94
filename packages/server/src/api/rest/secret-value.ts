/** What the API shows in place of a secret; never taken back as a value. */
export const MASK = '***';

/** Airflow's list of words in the key of a variable that make it a secret. */
const SECRET_WORDS = /access_?token|api_?key|authorization|passphrase|passwd|password|private_?key|secret|token/i;

/** The value as people may see it. Tasks always get the value itself. */
export function shownValue(key: string, value: string): string {
  return SECRET_WORDS.test(key) ? MASK : value;
}
