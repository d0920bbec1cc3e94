// Writes the pages of docs/ that are made of tables in the code: configuration, errors, command line, REST API.
// test/docs fails while they are stale.
import { writeFilesOf } from './write-files.mjs';

// What a command does is loaded when it runs; here only its name is wanted.
const withoutDeeds = {
  name: 'without-deeds',
  setup: (builder) =>
    builder.onResolve({ filter: /^\./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    ),
};
await writeFilesOf('test/docs/generated-pages.ts', 'generatedPages', [withoutDeeds]);
// The same routes as a document and as types.
await import('./write-api-types.mjs');
