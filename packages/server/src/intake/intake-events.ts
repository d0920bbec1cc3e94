/** What intake tells whoever wants to log or count it. */
export interface IntakeEvents {
  /** A file's DAGs are stored. `versions` are those that are new. */
  loaded(event: {
    readonly file: string;
    readonly dagIds: readonly string[];
    readonly versions: readonly { readonly dagId: string; readonly version: number }[];
    readonly durationMilliseconds: number;
  }): void;
  /** A file has an import error; its last good version stays. */
  failed(event: {
    readonly file: string;
    readonly message: string;
    readonly line: number | null;
    readonly position: number | null;
  }): void;
  /** A file is gone and its DAGs are stale. */
  removed(event: { readonly file: string; readonly dagIds: readonly string[] }): void;
  /** A whole turn failed, for instance because the folder or the database cannot be reached. */
  pollFailed(event: { readonly error: unknown }): void;
}
