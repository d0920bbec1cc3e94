import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { GantryError } from '@gantry/sdk/model';

const MOST_BYTES = 4 * 1024 * 1024;

/** The text of a regular file; null when there is none. Throws for what is no file, too large, or may not be read. */
export async function boundedFile(path: string): Promise<string | null> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const status = await file.stat();
    if (!status.isFile() || status.size > MOST_BYTES)
      throw new GantryError('unavailable', `${path} is no file of at most 4 MiB.`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
