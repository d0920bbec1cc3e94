import { createHash } from 'node:crypto';

const LENGTH_LIMIT = 63;
const HASH_LENGTH = 9;

/**
 * Text as a Kubernetes label value, by Airflow's rule: characters that a label cannot hold are left out, and when that
 * or the length changed the text, a hash of the original follows, so that two texts never share a label.
 *
 * Airflow's rule has a hole: of `___` nothing is left and the label would begin with a dash, which Kubernetes refuses.
 * Here the hash then stands alone.
 */
export function labelSafe(text: string): string {
  const safe = text.replace(/^[^a-z0-9A-Z]*|[^a-zA-Z0-9_\-.]|[^a-z0-9A-Z]*$/g, '');
  if (safe === text && safe.length <= LENGTH_LIMIT) return text;
  const hash = createHash('md5').update(text, 'utf8').digest('hex').slice(0, HASH_LENGTH);
  return safe === '' ? hash : `${safe.slice(0, LENGTH_LIMIT - HASH_LENGTH - 1)}-${hash}`;
}
