import { describe, expect, test } from 'vitest';
import { AnswerReader } from './answer-reader.ts';

/** Gives the pieces one by one and, at the end, what came out. */
function read(...pieces: string[]) {
  const reader = new AnswerReader();
  const answers = pieces.map((piece) => reader.take(Buffer.from(piece)));
  return { answers, last: answers.at(-1), end: () => reader.end(), keepsAlive: () => reader.keepsAlive };
}

describe('an answer', () => {
  test('is whole when its length is there, however it is cut', () => {
    const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhällo'.replace('ä', 'e');
    const { answers, keepsAlive } = read(...whole);
    expect(answers.filter((answer) => answer !== null)).toEqual([{ status: 200, body: 'hello' }]);
    expect(keepsAlive()).toBe(true);
  });

  test('without a body is whole after its head', () => {
    expect(read('HTTP/1.1 204 No Content\r\n\r\n').last).toEqual({ status: 204, body: '' });
  });

  test('in chunks is whole after the last, however it is cut', () => {
    const whole = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\na;x=y\r\n0123456789\r\n0\r\n\r\n';
    expect(read(...whole).last).toEqual({ status: 200, body: 'abc0123456789' });
    expect(read(whole).last).toEqual({ status: 200, body: 'abc0123456789' });
  });

  test('without a length ends with the connection', () => {
    const { last, end, keepsAlive } = read('HTTP/1.1 500 Oh\r\nConnection: close\r\n\r\nsorry');
    expect(last).toBeNull();
    expect(end()).toEqual({ status: 500, body: 'sorry' });
    expect(keepsAlive()).toBe(false);
  });

  test('that is cut short is none', () => {
    expect(read('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel').end()).toBeNull();
    expect(read('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab').end()).toBeNull();
  });

  test('that is no HTTP is refused', () => {
    expect(() => read('SSH-2.0-OpenSSH\r\n\r\n')).toThrow('not HTTP/1.1 but begins with "SSH-2.0');
    expect(() => read('x'.repeat(70_000))).toThrow('larger than 64 KiB');
  });
});
