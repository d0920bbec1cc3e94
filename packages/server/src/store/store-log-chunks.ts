import type { Queryable } from './database.ts';
import type { Holder } from './extend-leases.ts';
import { isOpen } from './open-attempt.ts';

export interface HeldLogChunk extends Holder {
  readonly chunk: number;
  /** Newline-separated JSON of LogLine. */
  readonly lines: string;
}

/**
 * Keeps log chunks of open attempts, each once; answers the attempts that are open and the asker's. The statement does
 * not wait for the disk: a server that loses power in the next half second loses log lines, never a state.
 */
export async function storeLogChunks(db: Queryable, chunks: readonly HeldLogChunk[]): Promise<readonly string[]> {
  const rows = await db.query<{ attemptId: string }>(
    `with quick as materialized (
       select set_config('synchronous_commit', 'off', true)
     ), held as (
       select asked.id, asked.chunk, asked.lines
       from unnest($1::uuid[], $2::text[], $3::integer[], $4::text[]) as asked (id, hash, chunk, lines)
       join attempt a on a.id = asked.id and a.token_hash = decode(asked.hash, 'hex') and ${isOpen('a')}
       cross join quick
     ), stored as (
       insert into log_chunk (attempt_id, chunk, lines) select id, chunk, lines from held on conflict do nothing
     )
     select distinct id as "attemptId" from held`,
    [
      chunks.map((chunk) => chunk.attemptId),
      chunks.map((chunk) => chunk.tokenHash),
      chunks.map((chunk) => chunk.chunk),
      chunks.map((chunk) => chunk.lines),
    ],
    'store_log_chunks',
  );
  return rows.map((row) => row.attemptId);
}
