import type { Queryable } from './database.ts';

export interface StoredLogChunk {
  readonly chunk: number;
  /** Newline-separated JSON of LogLine. */
  readonly lines: string;
}

/** The chunks of an attempt's log after the given one, in order, at most `limit`. */
export async function readLogChunks(
  db: Queryable,
  attemptId: string,
  after: number,
  limit: number,
): Promise<StoredLogChunk[]> {
  return db.query<StoredLogChunk>(
    `select chunk, lines from log_chunk where attempt_id = $1 and chunk > $2 order by chunk limit $3`,
    [attemptId, after, limit],
    'read_log_chunks',
  );
}
