import { expect, test } from 'vitest';
import { GroupCommit, type GroupCommitOptions } from './group-commit.ts';

interface Row {
  readonly key: string;
  readonly value: number;
}

/** Statements that end when the test says so. */
class Statements {
  readonly rows: number[][] = [];
  readonly #ends: ((error: Error | null) => void)[] = [];

  readonly commit = async (rows: readonly Row[]): Promise<number[]> => {
    this.rows.push(rows.map(({ value }) => value));
    const error = await new Promise<Error | null>((resolve) => this.#ends.push(resolve));
    if (error !== null) throw error;
    return rows.map(({ value }) => value * 10);
  };

  /** Ends the oldest statement under way. */
  async end(error: Error | null = null): Promise<void> {
    this.#ends.shift()!(error);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function group(options: Partial<GroupCommitOptions<Row, number>> = {}) {
  const statements = new Statements();
  const commit = new GroupCommit<Row, number>({ commit: statements.commit, keyOf: ({ key }) => key, ...options });
  const add = (value: number, key = String(value)) => commit.add({ key, value });
  return { statements, add };
}

const withState = (code: string) => Object.assign(new Error('refused'), { code, severity: 'ERROR' });

test('a lone row is committed at once, and what comes meanwhile goes together', async () => {
  const { statements, add } = group();
  const answers = [add(1), add(2), add(3)];
  expect(statements.rows).toEqual([[1]]);
  await statements.end();
  expect(statements.rows).toEqual([[1], [2, 3]]);
  await statements.end();
  expect(await Promise.all(answers)).toEqual([10, 20, 30]);
});

test('two rows of one key never share a statement, and keep their order', async () => {
  const { statements, add } = group();
  const answers = [add(0), add(1, 'same'), add(2, 'same'), add(3, 'same'), add(4)];
  for (let ends = 0; ends < 4; ends += 1) await statements.end();
  expect(statements.rows).toEqual([[0], [1, 4], [2], [3]]);
  expect(await Promise.all(answers)).toEqual([0, 10, 20, 30, 40]);
});

test('a statement has no more rows and bytes than allowed; what is larger alone goes alone', async () => {
  const { statements, add } = group({ maximumRows: 2, maximumBytes: 100, bytesOf: ({ value }) => value });
  const answers = [add(1), add(2), add(3), add(4), add(500), add(5)];
  for (let ends = 0; ends < 4; ends += 1) await statements.end();
  expect(statements.rows).toEqual([[1], [2, 3], [4, 5], [500]]);
  await Promise.all(answers);
});

test('a row that the database cannot take fails alone', async () => {
  const { statements, add } = group();
  const first = add(0);
  const [good, bad] = [add(1), add(2)];
  const failure = expect(bad).rejects.toThrow('refused');
  await statements.end();
  await statements.end(withState('22P02'));
  await statements.end();
  await statements.end(withState('22P02'));
  await failure;
  expect(await Promise.all([first, good])).toEqual([0, 10]);
});

test('trouble of the database fails the whole statement, and the next goes on', async () => {
  const { statements, add } = group();
  const first = add(0);
  const failures = Promise.allSettled([add(1), add(2)]);
  await statements.end();
  await statements.end(withState('57P01'));
  expect((await failures).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const later = add(3);
  await statements.end();
  expect(await Promise.all([first, later])).toEqual([0, 30]);
});

test('a deadlock is tried again [F55]', async () => {
  const { statements, add } = group();
  const answer = add(1);
  await statements.end(withState('40P01'));
  await statements.end();
  expect([await answer, statements.rows]).toEqual([10, [[1], [1]]]);
});

test('more rows than may wait are refused at once', async () => {
  const { statements, add } = group({ maximumWaiting: 1 });
  const answers = [add(1), add(2)];
  expect(() => add(3)).toThrow('slower than the requests');
  await statements.end();
  await statements.end();
  await Promise.all(answers);
});
