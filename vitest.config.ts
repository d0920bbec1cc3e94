import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** One configuration for every test: real sources by alias, one real Postgres for the run, at most two workers. */
const configuration = defineConfig({
  resolve: {
    alias: [
      { find: /^@gantry\/sdk\/model$/, replacement: at('./packages/sdk/src/model/index.ts') },
      { find: /^@gantry\/sdk$/, replacement: at('./packages/sdk/src/author/index.ts') },
    ],
  },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'test/fixtures/**', '**/src/**/fixtures/**'],
    globalSetup: ['test/support/postgres-server.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
  },
});

export { configuration as default };
