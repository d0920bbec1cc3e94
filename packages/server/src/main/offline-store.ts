import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GantryError } from '@gantry/sdk/model';
import type { Database } from '../store/database.ts';
import { startEmbeddedPostgres } from '../store/embedded/embedded-postgres.ts';
import { runningUrl } from '../store/embedded/running-url.ts';
import type { Configuration } from './configuration.ts';
import { lockHome } from './home-lock.ts';
import { openChecked, openStore } from './store-access.ts';

/**
 * Runs `work` on the database itself, whether Gantry runs or not: on the configured one, or on the embedded one of
 * GANTRY_HOME, which is started for as long when no standalone runs on it. Throws when that home has none.
 */
export async function onDatabase<Result>(
  configuration: Configuration,
  part: string,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  if (configuration.config.database.url !== '') return closing(await openStore(configuration, part), work);
  const { home } = configuration;
  const folder = join(home, 'postgres');
  if (!existsSync(folder)) {
    throw new GantryError(
      'configuration_invalid',
      `[database] url is not set, and no standalone has run on ${home}; set GANTRY_HOME to the home of one, or [database] url.`,
    );
  }
  const open = (url: string) => openChecked({ url, applicationName: `gantry ${part}`, poolSize: 2 });
  const release = takeHome(home);
  if (release === null) {
    const url = runningUrl(folder);
    if (url === null) throw new GantryError('unavailable', `The standalone on ${home} starts or stops; try again.`);
    return closing(await open(url), work);
  }
  try {
    const postgres = await startEmbeddedPostgres({ folder });
    try {
      return await closing(await open(postgres.url), work);
    } finally {
      await postgres.stop();
    }
  } finally {
    release();
  }
}

/** Null: a standalone runs on it. */
function takeHome(home: string): (() => void) | null {
  try {
    return lockHome(home, process.pid);
  } catch (error) {
    if (error instanceof GantryError && error.code === 'home_in_use') return null;
    throw error;
  }
}

async function closing<Result>(database: Database, work: (database: Database) => Promise<Result>): Promise<Result> {
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
