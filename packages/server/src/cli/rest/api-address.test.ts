import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeConnection } from '../../main/connection-file.ts';
import { findApiAddress } from './api-address.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-address-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const STANDALONE = { url: 'http://127.0.0.1:7001', token: 'from-file' };

test('what the environment names comes first', () => {
  writeConnection(folder, STANDALONE);
  const environment = { GANTRY_HOME: folder, GANTRY_API_URL: 'https://gantry.example/', GANTRY_API_TOKEN: 'mine' };
  const { url, credential, origin } = findApiAddress(environment, folder);
  expect([url, credential, origin]).toEqual([
    'https://gantry.example',
    { kind: 'token', token: 'mine' },
    'GANTRY_API_TOKEN',
  ]);
});

test('the standalone of GANTRY_HOME is found by its connection file', () => {
  writeConnection(folder, STANDALONE);
  const address = findApiAddress({ GANTRY_HOME: folder }, '/');
  expect(address).toMatchObject({ url: STANDALONE.url, credential: { kind: 'token', token: 'from-file' } });
  expect(address.origin).toBe(join(folder, 'connection.json'));
});

test('in a folder below a .gantry its standalone is found, unless GANTRY_HOME says another', () => {
  const [home, below] = [join(folder, '.gantry'), join(folder, 'a', 'b')];
  mkdirSync(home);
  mkdirSync(below, { recursive: true });
  writeConnection(home, STANDALONE);
  expect(findApiAddress({ HOME: folder }, below).url).toBe(STANDALONE.url);
  expect(() => findApiAddress({ GANTRY_HOME: join(folder, 'other') }, below)).toThrow('No standalone runs on');
});

test('without a standalone the configured address is taken with a name and a password', () => {
  const environment = {
    GANTRY_HOME: folder,
    GANTRY__API__HOST: '0.0.0.0',
    GANTRY__API__PORT: '9001',
    GANTRY_API_USERNAME: 'ann',
    GANTRY_API_PASSWORD: 'sesame',
  };
  expect(findApiAddress(environment, folder)).toMatchObject({
    url: 'http://127.0.0.1:9001',
    credential: { kind: 'password', username: 'ann', password: 'sesame' },
  });
});

test('a URL that is none, and a missing credential, are told', () => {
  const home = { GANTRY_HOME: folder };
  expect(() => findApiAddress({ ...home, GANTRY_API_URL: 'gantry:8080' }, folder)).toThrow(
    'GANTRY_API_URL is "gantry:8080"; expected a URL such as http://127.0.0.1:8080.',
  );
  expect(() => findApiAddress({ ...home, GANTRY_API_URL: 'http://h' }, folder)).toThrow(
    'There is no credential for the API server: set GANTRY_API_TOKEN, or GANTRY_API_USERNAME and GANTRY_API_PASSWORD.',
  );
});
