import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { isProvenGone, processPlace } from './process-place.ts';

describe.skipIf(process.platform !== 'linux')('the place of a process', () => {
  let child: ChildProcess;
  afterEach(() => child?.kill('SIGKILL'));

  async function started(): Promise<string> {
    child = spawn('sleep', ['600'], { stdio: 'ignore' });
    await once(child, 'spawn');
    return processPlace(child.pid!)!;
  }

  test('proves its death once it has ended, and not before, even while it is stopped', async () => {
    const place = await started();
    expect(isProvenGone(place)).toBe(false);
    child.kill('SIGSTOP');
    expect(isProvenGone(place)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isProvenGone(place)).toBe(true);
  });

  test('is not mistaken for a later process of the same number', async () => {
    const place = await started();
    const [begun] = place.split(' ').slice(-1);
    expect(isProvenGone(place.replace(new RegExp(`${begun}$`), `${Number(begun) - 1}`))).toBe(true);
  });

  test('proves nothing of another machine, another boot or what it does not understand', async () => {
    const place = await started();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const [boot, space, ...identity] = place.split(' ');
    expect(isProvenGone([`${boot}x`, space, ...identity].join(' '))).toBe(false);
    expect(isProvenGone([boot, 'pid:[1]', ...identity].join(' '))).toBe(false);
    expect(isProvenGone(`${boot} ${space} -1 5`)).toBe(false);
    expect(isProvenGone('')).toBe(false);
  });
});
