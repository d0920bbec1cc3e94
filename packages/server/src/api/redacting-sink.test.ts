import { expect, test } from 'vitest';
import { attemptToken, claimSecret } from './credential.ts';
import { redacted, redactingSink } from './redacting-sink.ts';

const ATTEMPT = '6f1d1c7e-2f70-4b8e-9a51-0d5d5ddc1c11';

test('no credential passes the sink, whatever was logged', () => {
  const token = attemptToken('ab', ATTEMPT, 'n');
  const secret = claimSecret('ab', ATTEMPT);
  for (const [line, hidden] of [
    [`{"authorization":"Bearer abc.def"}`, 'abc.def'],
    [`{"msg":"Authorization: Bearer abc-def"}`, 'abc-def'],
    [`{"password":"a \\"quoted\\" one","user":"u"}`, 'quoted'],
    [`token ${token} was sent`, token],
    [`secret ${secret}`, secret],
    ['eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln', 'eyJzdWIiOiJ4In0'],
  ] as const) {
    expect(redacted(line), line).not.toContain(hidden);
  }
  expect(redacted('{"password":"x","user":"u"}')).toBe('{"password":"***","user":"u"}');
});

test('other lines pass as they are', () => {
  const written: string[] = [];
  redactingSink({ write: (line) => written.push(line) }).write(`{"attempt":"${ATTEMPT}"}\n`);
  expect(written).toEqual([`{"attempt":"${ATTEMPT}"}\n`]);
});
