import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const NO_TESTS = ['**/node_modules/**', '**/dist/**', 'test/fixtures/**', '**/src/**/fixtures/**'];

/**
 * One configuration for every test: real sources by alias, at most two workers. The rooms share one real Postgres; the
 * tests of the web page one real server and one browser, which start only when a file of theirs runs.
 */
const configuration = defineConfig({
  resolve: {
    alias: [
      { find: /^@gantry\/sdk\/model$/, replacement: at('./packages/sdk/src/model/index.ts') },
      { find: /^@gantry\/sdk$/, replacement: at('./packages/sdk/src/author/index.ts') },
    ],
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: [...NO_TESTS, 'test/page/**'],
          globalSetup: ['test/support/postgres-server.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'page',
          include: ['test/page/**/*.test.ts'],
          exclude: [...NO_TESTS],
          globalSetup: ['test/page/page-server.ts'],
        },
      },
    ],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
  },
});

export { configuration as default };
