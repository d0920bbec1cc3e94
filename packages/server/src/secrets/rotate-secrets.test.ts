import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import { insertConnection } from '../store/change-connections.ts';
import { insertVariable, updateVariable } from '../store/change-variables.ts';
import type { Database } from '../store/database.ts';
import { readConnection } from '../store/list-connections.ts';
import { readVariable } from '../store/list-variables.ts';
import { countSecrets } from '../store/reseal-secrets.ts';
import { rotateSecrets } from './rotate-secrets.ts';
import { SecretBox } from './secret-box.ts';
import { parseSecretKeys } from './secret-keys.ts';
import { openConnection, sealConnection } from './stored-connection.ts';

const random = { uuid: () => randomUUID(), fraction: () => 0 };
const [OLD, NEW] = [0, 1].map(() => randomBytes(32).toString('base64url')) as [string, string];
const boxOf = (...keys: string[]) => new SecretBox(parseSecretKeys(keys.join(), 'keys'), random);

let fresh: FreshDatabase;
beforeEach(async () => {
  fresh = await freshDatabase();
});
afterEach(() => fresh.drop());

const place = (row: string) => ({ table: 'variable', row, field: 'value' }) as const;
async function setVariable(box: SecretBox, key: string, value: string): Promise<void> {
  await insertVariable(fresh.database, { key, description: null, ...box.seal(value, place(key)) });
}
const CONNECTION = {
  ...{ connectionId: 'db', connType: 'postgres', description: null, host: 'h', port: 5432, login: 'l', schema: null },
  password: 'pw-canary',
  extra: { token: 'extra-canary', n: 1 },
};

async function everything(box: SecretBox, keys: readonly string[]): Promise<unknown> {
  const values = [];
  for (const key of keys) values.push(box.open((await readVariable(fresh.database, key))!, place(key)));
  return [values, openConnection(box, (await readConnection(fresh.database, 'db'))!)];
}

test('what stands plain and what is under an old key is under the new one after a rotation, and opens by it alone [I44]', async () => {
  await setVariable(boxOf(), 'plain', 'plain-canary');
  await setVariable(boxOf(OLD), 'old', 'old-canary');
  await setVariable(boxOf(NEW), 'new', 'new');
  await insertConnection(fresh.database, sealConnection(boxOf(), CONNECTION));
  expect(await countSecrets(fresh.database)).toEqual(
    expect.arrayContaining([
      { keyId: null, count: 3 },
      { keyId: boxOf(OLD).sealingKeyId, count: 1 },
    ]),
  );
  const rotation = await rotateSecrets(fresh.database, boxOf(NEW, OLD));
  expect(rotation).toEqual({ sealed: 4, unreadable: [], unreadableCount: 0 });
  expect(await countSecrets(fresh.database)).toEqual([{ keyId: boxOf(NEW).sealingKeyId, count: 5 }]);
  expect(await everything(boxOf(NEW), ['plain', 'old', 'new'])).toEqual([
    ['plain-canary', 'old-canary', 'new'],
    CONNECTION,
  ]);
  const stored = await fresh.database.query(
    'select v::text as text from variable v union all select c::text from connection c',
  );
  expect(JSON.stringify(stored)).not.toContain('canary');
  expect(await rotateSecrets(fresh.database, boxOf(NEW))).toMatchObject({ sealed: 0 });
});

test('a rotation that broke off goes on where it stood, and one secret that does not open holds up no other [I44 A47]', async () => {
  for (let each = 0; each < 450; each += 1)
    await setVariable(boxOf(OLD), `v${String(each).padStart(3, '0')}`, `value ${each}`);
  await fresh.database.query(
    `update variable set sealed_value = (select sealed_value from variable where key = 'v001') where key = 'v000'`,
  );
  let statements = 0;
  const breaking: Database = {
    ...fresh.database,
    query: async (text, values, name) => {
      statements += 1;
      if (statements > 300) throw new Error('The database is gone.');
      return fresh.database.query(text, values, name);
    },
  };
  await expect(rotateSecrets(breaking, boxOf(NEW, OLD))).rejects.toThrow('gone');
  const left = (await countSecrets(fresh.database)).find(({ keyId }) => keyId === boxOf(OLD).sealingKeyId)!.count;
  expect(left).toBeGreaterThan(1);
  expect(left).toBeLessThan(450);
  const rotation = await rotateSecrets(fresh.database, boxOf(NEW, OLD));
  expect(rotation).toEqual({
    sealed: left - 1,
    unreadable: [expect.stringContaining('The value of the variable "v000" cannot be opened')],
    unreadableCount: 1,
  });
});

test('a secret that is set while it is rotated keeps what was set', async () => {
  await setVariable(boxOf(OLD), 'a', 'before');
  const meanwhile: Database = {
    ...fresh.database,
    query: async (text, values, name) => {
      if (text.startsWith('update variable set value = null')) {
        await updateVariable(fresh.database, 'a', { value: boxOf(NEW).seal('after', place('a')) });
      }
      return fresh.database.query(text, values, name);
    },
  };
  await rotateSecrets(meanwhile, boxOf(NEW, OLD));
  expect(boxOf(NEW).open((await readVariable(fresh.database, 'a'))!, place('a'))).toBe('after');
});
