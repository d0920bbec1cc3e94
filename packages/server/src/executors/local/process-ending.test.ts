import { describe, expect, test } from 'vitest';
import { type ProcessEnd, processFailure } from './process-ending.ts';

const END: ProcessEnd = { exitCode: null, signal: null, killAsked: false, memoryKillSeen: false };

describe('the end of a process', () => {
  test('with code 0 is no failure: the worker has said all there is to say', () => {
    expect(processFailure({ ...END, exitCode: 0 })).toBeNull();
  });

  test.each([
    ['code 1', { exitCode: 1 }, 'user_error', 'exit code 1'],
    ['code 75', { exitCode: 75 }, 'disrupted', 'could not claim'],
    ['SIGTERM', { signal: 'SIGTERM' }, 'disrupted', 'SIGTERM'],
    ['SIGKILL', { signal: 'SIGKILL' }, 'disrupted', 'SIGKILL'],
    ['SIGKILL, and the kernel says why', { signal: 'SIGKILL', memoryKillSeen: true }, 'out_of_memory', 'memory'],
    ['SIGKILL that was asked for', { signal: 'SIGKILL', killAsked: true, memoryKillSeen: true }, 'killed', 'SIGKILL'],
    ['code 1 after a stop', { exitCode: 1, killAsked: true }, 'killed', 'exit code 1'],
    ['SIGSEGV', { signal: 'SIGSEGV' }, 'user_error', 'SIGSEGV'],
    ['SIGABRT', { signal: 'SIGABRT' }, 'user_error', 'heap'],
  ] as const)('with %s is told by class and sentence', (_how, changes, kind, words) => {
    expect(processFailure({ ...END, ...changes })).toMatchObject({
      class: kind,
      sentence: expect.stringMatching(new RegExp(`${words}.*\\.$`)),
      retryable: true,
    });
  });
});
