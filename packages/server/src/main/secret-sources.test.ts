import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfiguration } from './configuration.ts';
import { secretSources } from './secret-sources.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gantry-sources-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const sources = (backend: string, kwargs = '') =>
  secretSources(
    readConfiguration({
      GANTRY_HOME: home,
      GANTRY_VAR_A: 'here',
      GANTRY__SECRETS__BACKEND: backend,
      GANTRY__SECRETS__BACKEND_KWARGS: kwargs,
    }),
  );

test('the environment is asked first, then the backend that is configured', async () => {
  expect((await sources('')).map(({ name }) => name)).toEqual(['environment']);
  writeFileSync(join(home, 'v.env'), 'b=there');
  const [environment, files] = await sources('LocalFilesystemBackend', '{"variables_file_path": "v.env"}');
  expect(await environment!.variable('a')).toBe('here');
  expect(await files!.variable('b')).toBe('there');
  const [, folder] = await sources('MountedFolderBackend', '{"variables_folder": "."}');
  expect(await folder!.variable('v.env')).toBe('b=there');
});

test('a module of the site is loaded and gets its settings', async () => {
  const text = `export const makeSecretsBackend = async ({ value }) =>
    ({ name: 'mine', variable: async () => value, connection: async () => null });`;
  writeFileSync(join(home, 'mine.mjs'), text);
  const [, mine] = await sources('mine.mjs', '{"value": "v"}');
  expect([mine!.name, await mine!.variable('any')]).toEqual(['mine', 'v']);
});

test.each([
  ['Vault', '', 'expected LocalFilesystemBackend, MountedFolderBackend, or the path of a JavaScript module.'],
  ['LocalFilesystemBackend', '', 'backend_kwargs must name variables_file_path or connections_file_path.'],
  ['MountedFolderBackend', '{"folder": "x"}', 'backend_kwargs has the unknown field "folder"'],
  ['MountedFolderBackend', '{"variables_folder": 1}', 'backend_kwargs.variables_folder must be a path.'],
  ['missing.mjs', '', 'cannot be loaded'],
  ['none.mjs', '', 'exports no function makeSecretsBackend; expected one.'],
  ['half.mjs', '', 'must return { name, variable(key), connection(connectionId) }.'],
])('the backend %s with %j stops the start with a sentence', async (backend, kwargs, words) => {
  writeFileSync(join(home, 'none.mjs'), 'export {};');
  writeFileSync(join(home, 'half.mjs'), 'export const makeSecretsBackend = () => ({ name: "x" });');
  await expect(sources(backend, kwargs)).rejects.toMatchObject({
    code: 'configuration_invalid',
    message: expect.stringContaining(words),
  });
});
