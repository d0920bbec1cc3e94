import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { words } from '../../../../../test/conformance/conformance-bench.ts';
import { openTestingCluster } from '../testing-cluster.ts';
import { realFolderBelow, removeFolder } from './folder-bounds.ts';

let folder = '';
let pod = '';
let treasure = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-bounds-'));
  pod = join(folder, 'pod');
  mkdirSync(join(pod, 'volumes'), { recursive: true });
  treasure = join(folder, 'outside');
  mkdirSync(treasure);
  writeFileSync(join(treasure, 'file'), 'kept');
});
afterEach(() => {
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
  folder = '';
});
const kept = (): string => readFileSync(join(treasure, 'file'), 'utf8');

describe("clean-up of a pod's folder", () => {
  it('removes links, never what they point to', () => {
    symlinkSync(treasure, join(pod, 'volumes', 'folder'));
    symlinkSync(join(treasure, 'file'), join(pod, 'volumes', 'file'));
    expect(removeFolder(pod)).toBe(true);
    expect(existsSync(pod)).toBe(false);
    expect(kept()).toBe('kept');
  });

  it('leaves a folder that is a link to another one where it points', () => {
    const link = join(folder, 'link');
    symlinkSync(treasure, link);
    removeFolder(link);
    expect(kept()).toBe('kept');
  });

  const mounts = process.platform === 'linux' && process.getuid?.() === 0;
  it.skipIf(!mounts)(
    `leaves everything alone while something is mounted in it${mounts ? '' : ' (skipped: mounting needs root on Linux)'}`,
    () => {
      const point = join(pod, 'volumes', 'a mount');
      mkdirSync(point);
      expect(spawnSync('mount', ['--bind', treasure, point]).status).toBe(0);
      try {
        expect(removeFolder(pod)).toBe(false);
        expect(kept()).toBe('kept');
      } finally {
        // Before anything else removes the folder.
        expect(spawnSync('umount', [point]).status).toBe(0);
      }
      expect(removeFolder(pod)).toBe(true);
      expect(kept()).toBe('kept');
    },
  );

  it('of a real pod touches nothing that its containers linked or mounted from outside', async () => {
    const testing = await openTestingCluster();
    const { run, container, session, pods, gone } = words(testing.bench);
    const script = `ln -s ${treasure} /w/link; ln -s ${treasure}/file /w/file; mkdir /w/own; cat /h/file`;
    const volumeMounts = [
      { name: 'w', mountPath: '/w' },
      { name: 'h', mountPath: '/h' },
      { name: 'h', mountPath: '/w/inside' },
    ];
    const volumes = [
      { name: 'w', emptyDir: {} },
      { name: 'h', hostPath: { path: treasure } },
    ];
    const { metadata, status } = await run('linker', { volumes, containers: [container(script, { volumeMounts })] });
    expect(status.phase).toBe('Succeeded');
    await session.send('DELETE', pods(metadata.name));
    await gone(metadata.name);
    const own = join(testing.folder, 'pods', String(metadata.uid));
    await testing.bench.eventually('its folder is gone', async () => !existsSync(own));
    await testing.close();
    expect(kept()).toBe('kept');
  });
});

describe('a path below a folder', () => {
  it('is told by what it really is, whether it exists or not', () => {
    symlinkSync(treasure, join(pod, 'out'));
    symlinkSync(join(pod, 'volumes'), join(pod, 'in'));
    const table: readonly [string, boolean][] = [
      ['', true],
      ['volumes', true],
      ['volumes/new/one', true],
      ['in/new', true],
      ['out', false],
      ['out/new', false],
      ['out/file', false],
    ];
    for (const [path, below] of table) expect([path, realFolderBelow(pod, join(pod, path))]).toEqual([path, below]);
  });

  it('a subpath that a container turned into a way out is not mounted', async () => {
    const testing = await openTestingCluster();
    const { create, pod: make, container, when, name } = words(testing.bench);
    const one = name('escape');
    const mount = { name: 'w', mountPath: '/w' };
    await create(
      make(one, {
        volumes: [{ name: 'w', emptyDir: {} }],
        initContainers: [container(`ln -s ${treasure} /w/sub`, { name: 'init', volumeMounts: [mount] })],
        containers: [container('cat /s/file', { volumeMounts: [{ ...mount, mountPath: '/s', subPath: 'sub' }] })],
      }),
    );
    const waiting = await when(
      one,
      'waits',
      ({ status }) => status.containerStatuses?.[0]?.state.waiting?.reason === 'CreateContainerConfigError',
    );
    expect(waiting.status.containerStatuses?.[0]?.state.waiting?.message).toBe(
      'failed to prepare subPath for volumeMount "w": it leads out of the volume',
    );
    await testing.close();
  });
});
