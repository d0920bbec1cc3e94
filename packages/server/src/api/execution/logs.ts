import type { LogChunk } from '@gantry/sdk/model';
import type { Queryable } from '../../store/database.ts';
import type { Holder } from '../../store/extend-leases.ts';
import { type HeldLogChunk, storeLogChunks } from '../../store/store-log-chunks.ts';
import { GroupCommit } from '../group-commit.ts';

/** Keeps log chunks in groups. */
export class Logs {
  readonly #group: GroupCommit<HeldLogChunk, boolean>;

  constructor(db: Queryable) {
    this.#group = new GroupCommit({
      keyOf: ({ attemptId, chunk }) => `${attemptId}/${chunk}`,
      bytesOf: ({ lines }) => lines.length,
      commit: async (chunks) => {
        const held = new Set(await storeLogChunks(db, chunks));
        return chunks.map(({ attemptId }) => held.has(attemptId));
      },
    });
  }

  /** False: the attempt is closed or another worker's. */
  async store(holder: Holder, chunk: LogChunk): Promise<boolean> {
    return this.#group.add({ ...holder, chunk: chunk.chunk, lines: linesText(chunk) });
  }
}

/** The lines of a chunk as they are stored: newline-separated JSON. */
export function linesText(chunk: LogChunk): string {
  return chunk.lines.map((line) => JSON.stringify(line)).join('\n');
}
