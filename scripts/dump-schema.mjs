// Writes packages/server/src/store/schema.sql: migrates an empty embedded Postgres and dumps what came out.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, install, requireNode, root } from './set-up.mjs';

requireNode();
if (!install() || !build()) {
  process.exit(2);
}
const store = (file) => import(pathToFileURL(join(root, 'packages/server/dist/store', file)).href);
const { startEmbeddedPostgres } = await store('embedded/embedded-postgres.js');
const { openDatabase } = await store('connect.js');
const { migrate } = await store('migrator.js');
const { dumpSchema } = await store('dump-schema.js');

const folder = mkdtempSync(join(tmpdir(), 'gantry-schema-'));
chmodSync(folder, 0o711);
const postgres = await startEmbeddedPostgres({ folder: join(folder, 'server'), durable: false });
try {
  const database = await openDatabase({ url: postgres.url, applicationName: 'gantry dump-schema' });
  try {
    await migrate(database);
    writeFileSync(join(root, 'packages/server/src/store/schema.sql'), await dumpSchema(database));
  } finally {
    await database.close();
  }
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
