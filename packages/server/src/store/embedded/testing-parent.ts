import { startEmbeddedPostgres } from './embedded-postgres.ts';

// A process that starts a server and tells its URL; tests kill, pause or run it as another user.
try {
  const { url } = await startEmbeddedPostgres({ folder: process.argv[2] ?? '', durable: false });
  process.send?.({ url });
} catch (error) {
  process.send?.({ error: `${(error as { code?: string }).code}: ${(error as Error).message}` });
  process.exitCode = 1;
  process.disconnect?.();
}
