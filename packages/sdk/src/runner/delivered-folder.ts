import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLE_INDEX_FILE, type BundleRow, parseBundleIndex } from '../model/bundle-index.ts';
import type { ClaimAnswer } from '../model/execution-api.ts';
import { WORKER_ENVIRONMENT } from '../model/execution-api.ts';
import { ConfigurationFault } from './failures.ts';

/** The index comes from outside; a row has some 200 bytes. */
const MOST_INDEX_BYTES = 16 * 1024 * 1024;
/** Digests that a sentence names; the newest are the last of the index. */
const MOST_NAMED = 3;

/**
 * Refuses to fill a delivered folder up from the API server: where somebody has delivered code (an image, a volume,
 * git-sync), a bundle that is not there means that the delivery is behind or ahead of the run, which would be hidden.
 * A folder without an index is a cache, and nothing is refused.
 */
export function refuseOtherDelivery(folder: string, { bundleDigest, task }: ClaimAnswer): void {
  const rows = readRows(folder);
  if (rows === null) return;
  const wanted = `Version ${task.version} of the DAG "${task.dagId}" is pinned to the bundle ${bundleDigest}`;
  const place = `the folder ${folder} (${WORKER_ENVIRONMENT.bundleFolder})`;
  const facts = { expected: bundleDigest, version: task.version, folder };
  if (rows === 'unreadable') {
    throw new ConfigurationFault(
      `${wanted}, which is not in ${place}, whose ${BUNDLE_INDEX_FILE} cannot be read; build the folder anew with "gantry dags build".`,
      facts,
    );
  }
  const own = rows.filter(({ dag_id }) => dag_id === task.dagId);
  const found = own.map(({ digest }) => digest);
  throw new ConfigurationFault(
    found.includes(bundleDigest)
      ? `${wanted}; ${BUNDLE_INDEX_FILE} in ${place} names it, but ${bundleDigest}.mjs cannot be read there; deliver the folder anew and check who may read it.`
      : `${wanted}, but ${place} ${holding(own)}; ${WHAT_TO_DO}`,
    { ...facts, found },
  );
}

const WHAT_TO_DO =
  'deliver what "gantry dags build" makes of the DAG folder that the DAG processor reads, or, where the folder is ahead, let the DAG processor read the newer file and start a new run.';

function holding(rows: readonly BundleRow[]): string {
  if (rows.length === 0) return 'holds no bundle of this DAG';
  const named = rows.slice(-MOST_NAMED).map((row) => `${row.digest} (built by Gantry ${row.gantry_version})`);
  const more = rows.length - named.length;
  return `holds ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''} of this DAG`;
}

/** Null where there is no index. */
function readRows(folder: string): readonly BundleRow[] | 'unreadable' | null {
  const path = join(folder, BUNDLE_INDEX_FILE);
  try {
    if (statSync(path).size > MOST_INDEX_BYTES) return 'unreadable';
    return parseBundleIndex(readFileSync(path, 'utf8'))?.bundles ?? 'unreadable';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : 'unreadable';
  }
}
