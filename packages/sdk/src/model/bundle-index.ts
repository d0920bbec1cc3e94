/** The index that lies beside the bundles of a delivered folder; `gantry dags build --output` writes it. */
export const BUNDLE_INDEX_FILE = 'bundles.json';

/** One DAG and one bundle that holds it. Versions of a DAG have a row each; the file DIGEST.mjs lies beside the index. */
export interface BundleRow {
  readonly dag_id: string;
  /** DAG file, relative to the DAG folder. */
  readonly file: string;
  /** SHA-256 (hex) of the bundle. */
  readonly digest: string;
  /** Version of Gantry that built the bundle. Another version may bundle the same source to another digest. */
  readonly gantry_version: string;
}

/** The contents of the index. */
export interface BundleIndex {
  readonly bundles: readonly BundleRow[];
}

/** Reads an index; null when the text is none. Rows that are none are left out. */
export function parseBundleIndex(text: string): BundleIndex | null {
  try {
    const { bundles } = JSON.parse(text) as { readonly bundles?: unknown };
    return Array.isArray(bundles) ? { bundles: bundles.filter(isBundleRow) } : null;
  } catch {
    return null;
  }
}

function isBundleRow(value: unknown): value is BundleRow {
  if (typeof value !== 'object' || value === null) return false;
  const row = value as { readonly [name: string]: unknown };
  return ['dag_id', 'file', 'digest', 'gantry_version'].every((name) => typeof row[name] === 'string');
}
