import { describe, expect, it } from 'vitest';
import { type Launch, placeByRewriting, realPath } from './launch.ts';

const MOUNTS = [
  { path: '/w', source: '/real/w', readOnly: false },
  { path: '/w/deep/', source: '/real/deep', readOnly: false },
  { path: '/etc/app.cfg', source: '/real/config/app.cfg', readOnly: true },
];
const launch = (changes: Partial<Launch>): Launch => ({
  command: [],
  workingFolder: '/',
  environment: {},
  mounts: MOUNTS,
  memoryLimitBytes: null,
  ownFolder: '/own',
  ...changes,
});

describe('rewriting of paths', () => {
  it.each([
    ['/w', '/real/w'],
    ['/w/file', '/real/w/file'],
    ['/w/deep', '/real/deep'],
    ['/w/deep/file', '/real/deep/file'],
    ['cat /w/a >/w/b;ls /w', 'cat /real/w/a >/real/w/b;ls /real/w'],
    ['--file=/etc/app.cfg', '--file=/real/config/app.cfg'],
    ['"/w/x":\'/w/y\'', '"/real/w/x":\'/real/w/y\''],
    ['/w:/etc/app.cfg', '/real/w:/real/config/app.cfg'],
  ])('%s becomes %s', (text, rewritten) => {
    expect(placeByRewriting(launch({ command: ['sh', '-c', text] })).command).toEqual(['sh', '-c', rewritten]);
  });

  it.each(['/www', '/w.txt', '/w-old', '/home/w', 'x/w', './w', '/etc/app.cfg.bak'])('%s is another path', (text) => {
    expect(placeByRewriting(launch({ command: [text] })).command).toEqual([text]);
  });

  it('reaches variables and the working folder, and leaves no mount', () => {
    const placed = placeByRewriting(launch({ environment: { A: '/w/a:/usr/bin' }, workingFolder: '/w/deep' }));
    expect(placed).toMatchObject({ environment: { A: '/real/w/a:/usr/bin' }, workingFolder: '/real/deep', mounts: [] });
  });
});

describe('the real place of a path', () => {
  it.each([
    ['/w/file', '/real/w/file'],
    ['/w/deep/file', '/real/deep/file'],
    ['/w', '/real/w'],
    ['/www', '/www'],
    ['/usr/bin', '/usr/bin'],
  ])('of %s is %s', (path, real) => {
    expect(realPath(path, MOUNTS)).toBe(real);
  });
});
