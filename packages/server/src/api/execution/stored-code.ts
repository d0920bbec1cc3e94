import { type DagSpec, GantryError } from '@gantry/sdk/model';
import type { Queryable } from '../../store/database.ts';
import { loadDagVersion } from '../../store/load-dag-version.ts';
import { readBundleCode } from '../../store/read-bundle-code.ts';
import { BoundedCache } from '../bounded-cache.ts';

const SPECS_KEPT = 500;
const BUNDLES_KEPT_BYTES = 64 * 1024 * 1024;

/** Specs and bundles, read once: both are named by the digest of what they hold, so they never change. */
export class StoredCode {
  readonly #db: Queryable;
  readonly #specs = new BoundedCache<DagSpec>(SPECS_KEPT);
  readonly #bundles = new BoundedCache<string>(BUNDLES_KEPT_BYTES);

  constructor(db: Queryable) {
    this.#db = db;
  }

  async spec(of: { readonly dagId: string; readonly version: number; readonly specDigest: string }): Promise<DagSpec> {
    const key = `${of.dagId}\n${of.specDigest}`;
    const kept = this.#specs.get(key);
    if (kept !== undefined) return kept;
    const found = await loadDagVersion(this.#db, of.dagId, of.version);
    if (found === null) throw new GantryError('not_found', `Version ${of.version} of the DAG ${of.dagId} is gone.`);
    this.#specs.set(key, found.spec);
    return found.spec;
  }

  async bundle(digest: string): Promise<string> {
    const kept = this.#bundles.get(digest);
    if (kept !== undefined) return kept;
    const code = await readBundleCode(this.#db, digest);
    if (code === null) throw new GantryError('not_found', `There is no bundle ${digest}.`);
    this.#bundles.set(digest, code, code.length);
    return code;
  }
}
