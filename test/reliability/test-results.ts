import type { TaggedTest } from './tagged-tests.ts';

/** What this page needs of vitest's JSON report. */
export interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly meta?: { readonly seeds?: number };
    }[];
  }[];
}

/** How often a test with this name passed, failed and was left out; a table test counts once for each of its cases. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly leftOut: number;
  /** Played by those that passed or failed, see `tellSeeds`. */
  readonly seeds: number;
}

/** Suites stand in files of their own and run in others: a test is found by its name alone. */
export function tallyOf(tagged: TaggedTest, report: TestReport | null): Tally {
  const pattern = titlePattern(tagged);
  const results = (report?.testResults ?? [])
    .filter(({ name }) => !tagged.file.endsWith('.test.ts') || name.replaceAll('\\', '/').endsWith(`/${tagged.file}`))
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ title }) => pattern.test(title));
  const count = (...statuses: readonly string[]): number =>
    results.filter(({ status }) => statuses.includes(status)).length;
  return {
    passed: count('passed'),
    failed: count('failed'),
    leftOut: count('skipped', 'pending', 'todo'),
    seeds: results.reduce((sum, { meta }) => sum + (meta?.seeds ?? 0), 0),
  };
}

/** The title with anything in place of `%s`, `$name` and `${…}`, since a table test fills these in. */
function titlePattern({ name, ids, isCase }: TaggedTest): RegExp {
  const literal = name
    .split(/\$\{[^}]*\}|%[a-zA-Z#]|\$[\w.]+/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${isCase ? '.*' : ''}${literal}${isCase ? '.*' : ''} \\[${ids.join(',? ')}\\]$`);
}
