import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { localFiles } from './local-files.ts';
import { mountedFolder } from './mounted-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-backends-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('files', () => {
  test.each([
    ['a.json', '{"place": "Oslo", "map": {"a": 1}, "none": null}'],
    ['a.yaml', 'place: Oslo\nmap: { a: 1 }\nnone:\n'],
    ['a.env', '# places\nplace = Oslo\n\nmap={"a":1}\n'],
  ])('give texts as they are and anything else as JSON: %s', async (name, text) => {
    const source = localFiles({ variables: write(name, text), connections: null });
    expect(await source.variable('place')).toBe('Oslo');
    expect(await source.variable('map')).toBe('{"a":1}');
    for (const key of ['none', 'unknown', '__proto__', 'constructor'])
      expect(await source.variable(key), key).toBeNull();
    expect(await source.connection('place')).toBeNull();
  });

  test('count as they are now', async () => {
    const source = localFiles({ variables: null, connections: write('c.json', '{"db": "x://h"}') });
    expect(await source.connection('db')).toBe('x://h');
    write('c.json', '{"db": {"conn_type": "y"}}');
    expect(await source.connection('db')).toBe('{"conn_type":"y"}');
  });

  test.each([
    ['missing.json', null, 'There is no file'],
    ['a.json', '{"token": "canary" oops', 'is broken'],
    ['a.yaml', 'token: [canary', 'is broken'],
    ['a.yaml', 'a: &a canary\nb: *a', 'is broken'],
    ['a.env', 'canary', 'is broken'],
    ['a.json', '["canary"]', 'holds no object'],
    ['a.ini', 'canary', 'must end with .json, .yaml, .yml or .env'],
  ])('that cannot be used are told, never taken for empty, and not shown: %s %j [I41]', async (name, text, words) => {
    const source = localFiles({ variables: text === null ? join(folder, name) : write(name, text), connections: null });
    const error: Error = await source.variable('a').then(
      () => expect.unreachable(),
      (thrown: Error) => thrown,
    );
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('canary');
  });
});

describe('a mounted folder', () => {
  const source = () => mountedFolder({ variables: join(folder, 'v'), connections: join(folder, 'c') });

  test('is read as Kubernetes mounts a Secret, through its links, and as it is now', async () => {
    for (const [version, value] of [
      ['1', 'first\n'],
      ['2', 'second'],
    ] as const) {
      mkdirSync(join(folder, 'v', `..${version}`), { recursive: true });
      writeFileSync(join(folder, 'v', `..${version}`, 'place'), value);
    }
    symlinkSync('..1', join(folder, 'v', '..data'));
    symlinkSync('..data/place', join(folder, 'v', 'place'));
    const opened = source();
    expect(await opened.variable('place')).toBe('first');
    rmSync(join(folder, 'v', '..data'));
    symlinkSync('..2', join(folder, 'v', '..data'));
    expect(await opened.variable('place')).toBe('second');
    expect(await opened.variable('other')).toBeNull();
    expect(await opened.connection('place')).toBeNull();
  });

  test.each(['../secret', '..', '.', '..data', 'a/b', '/etc/passwd', 'a\0', '', 'x'.repeat(300)])(
    'gives nothing for the name %j, which is no name of a file in it',
    async (name) => {
      write('secret', 'x');
      mkdirSync(join(folder, 'v'));
      expect(await source().variable(name)).toBeNull();
    },
  );

  test('tells what is no file', async () => {
    mkdirSync(join(folder, 'v', 'place'), { recursive: true });
    await expect(source().variable('place')).rejects.toThrow('is no file of at most 4 MiB');
  });
});
