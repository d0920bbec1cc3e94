import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connectionUri, parseConnection } from './connection-text.ts';

const NONE = {
  ...{ description: null, host: null, port: null, login: null, password: null, schema: null, extra: {} },
};
const parsed = (text: string) => {
  const answer = parseConnection(text);
  return answer.kind === 'ok' ? answer.connection : answer.sentence;
};

test.each([
  [
    'postgresql://me:secret@db.example:5433/shop?sslmode=require',
    {
      connType: 'postgres',
      login: 'me',
      password: 'secret',
      host: 'db.example',
      port: 5433,
      schema: 'shop',
      extra: { sslmode: 'require' },
    },
  ],
  [
    'google-cloud-platform://?key_path=%2Fkeys%2Fa.json',
    { connType: 'google_cloud_platform', extra: { key_path: '/keys/a.json' } },
  ],
  ['http://https://api.example/v1', { connType: 'http', host: 'https://api.example', schema: 'v1' }],
  [
    'my-type://my%2Fuser:p%40ss%3Aw%25@ho%2Fst:80/a%2Fb',
    { connType: 'my_type', login: 'my/user', password: 'p@ss:w%', host: 'ho/st', port: 80, schema: 'a/b' },
  ],
  ['x://user@', { connType: 'x', login: 'user' }],
  ['x://:only@h', { connType: 'x', password: 'only', host: 'h' }],
  ['x://u:a@b@h', { connType: 'x', login: 'u', password: 'a@b', host: 'h' }],
  ['x://[::1]:5/', { connType: 'x', host: '::1', port: 5 }],
  ['x://@:99', { connType: 'x', port: 99 }],
  ['x://H/?a+b=c+d&e=&a+b=last', { connType: 'x', host: 'H', extra: { 'a b': 'last', e: '' } }],
  [
    'x://h/?__extra__=%7B%22a%22%3A%20%7B%22b%22%3A%20%5B1%2C%20null%5D%7D%7D',
    { connType: 'x', host: 'h', extra: { a: { b: [1, null] } } },
  ],
])('the URI %s reads as in Airflow', (text, expected) => {
  expect(parsed(text)).toEqual({ ...NONE, ...expected });
});

test('JSON reads as in Airflow: extra as object or text, port as number or text', () => {
  const all = { conn_type: 'google-cloud', login: 'l', password: 'p', host: 'h', schema: 's', description: 'd' };
  const expected = {
    ...NONE,
    connType: 'google_cloud',
    login: 'l',
    password: 'p',
    host: 'h',
    schema: 's',
    description: 'd',
    port: 1,
  };
  expect(parsed(JSON.stringify({ ...all, port: 1, extra: { a: 1 } }))).toEqual({ ...expected, extra: { a: 1 } });
  expect(parsed(JSON.stringify({ ...all, port: '1', extra: '{"a": 1}' }))).toEqual({ ...expected, extra: { a: 1 } });
  expect(parsed('{"conn_type": "x", "extra": ""}')).toEqual({ ...NONE, connType: 'x' });
});

test.each([
  ['no uri canary', 'is no URI of the form type://login:password@host:port/schema?key=value'],
  ['x://u:canary@h:99999', 'has a port that is none; expected a whole number from 0 to 65535'],
  ['x://u:canary@h:port', 'has a port that is none; expected a whole number from 0 to 65535'],
  ['x://u:canary%@h', 'holds a % that begins no percent-encoded character; write it as %25'],
  ['x://u:canary@h/?__extra__=[1]', 'has an extra that is no JSON object'],
  ['{"password": "canary"', 'is no JSON'],
  [
    '{"conn_type": "x", "passwort": "canary"}',
    'has the unknown field "passwort"; expected conn_type, description, host, login, password, schema, port, extra',
  ],
  ['{"conn_type": "x", "login": {"canary": 1}}', 'has the field "login" of a wrong kind; expected a text'],
])('%s is refused with a sentence that shows nothing of it [I41]', (text, sentence) => {
  expect(parsed(text)).toBe(sentence);
});

const text = fc.string({ minLength: 1, unit: 'grapheme' });
const orNull = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: null });
const json = fc.jsonValue().filter((value) => !Object.is(JSON.stringify(value), '-0'));
const host = fc.oneof(
  text.filter((each) => !each.includes('://')),
  text.filter((each) => !each.includes('://')).map((each) => `https://${each}`),
);

test('every connection reads back from its URI, whatever is in it', () => {
  const connection = fc.record({
    connType: fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/).filter((type) => type !== 'postgresql'),
    description: fc.constant(null),
    host: orNull(host),
    port: orNull(fc.integer({ min: 0, max: 65535 })),
    login: orNull(text),
    password: orNull(text),
    schema: orNull(text),
    extra: fc.oneof(
      fc.dictionary(fc.string(), fc.string()),
      fc.dictionary(fc.string(), json).map((value) => JSON.parse(JSON.stringify(value))),
    ),
  });
  fc.assert(
    fc.property(connection, (value) => {
      expect(parseConnection(connectionUri(value))).toEqual({ kind: 'ok', connection: value });
    }),
    { numRuns: 500 },
  );
});
