import { FAULTS } from './faults.ts';
import { INVARIANTS } from './invariants.ts';
import { plantedBugsSection } from './planted-bugs-section.ts';
import type { Row } from './row.ts';
import { RULES } from './rules.ts';
import { type TaggedTest, taggedTests } from './tagged-tests.ts';
import { type Tally, type TestReport, tallyOf } from './test-results.ts';

export const ROWS: readonly Row[] = [...INVARIANTS, ...FAULTS, ...RULES];

/** Where the results of the page come from. */
export interface Source {
  readonly report: TestReport | null;
  /** Of the sources that ran. */
  readonly commit: string;
}

/** The table of promises, faults and rules: how each is checked, and what came of it. */
export function reliabilityPage({ report, commit }: Source): string {
  const tests = taggedTests();
  const covered = ROWS.filter(({ id }) => tests.some(({ ids }) => ids.includes(id)));
  const table = (title: string, rows: readonly Row[]): string =>
    [
      `## ${title}`,
      '',
      '| Row | Says | Result | Checked by |',
      '|---|---|---|---|',
      ...rows.map((row) => line(row, tests, { report, commit })),
      '',
    ].join('\n');
  return [
    '# What is promised, and how it is checked',
    '',
    '<!-- Written by: node scripts/write-reliability.mjs. Do not edit. -->',
    '',
    `${covered.length} of ${ROWS.length} rows have tests; each other one says why it has none. A test names its rows at the end of its name.`,
    report === null
      ? 'No results stand here yet: the page was written from the names of the tests alone.'
      : `The results are those of commit ${commit}. A test that needs a part which was not there, such as a real Kubernetes, is left out. Seeds are those of tests that draw faults at random.`,
    '',
    table('Promises', INVARIANTS),
    table('Faults', FAULTS),
    table('Rules of the watch, the ends of pods, Postgres, and races that others have met', RULES),
    ...plantedBugsSection(report),
  ].join('\n');
}

function line(row: Row, tests: readonly TaggedTest[], { report, commit }: Source): string {
  const proofs = tests.filter(({ ids }) => ids.includes(row.id));
  const start = `| ${row.id} | ${cell(row.sentence)} |`;
  if (proofs.length === 0) return `${start} | not covered: ${cell(row.reason ?? 'no reason given')} |`;
  const tallies = proofs.map((test) => tallyOf(test, report));
  const checks = proofs.map((test, index) => {
    const told = report === null ? '' : `: ${resultOf(tallies[index]!)}`;
    return `${cell(test.name)} (\`${test.file}\`)${told}`;
  });
  const count = proofs.length === 1 ? '1 test' : `${proofs.length} tests`;
  const result = report === null ? 'not run' : `${resultOf(summed(tallies))} at ${commit}`;
  return `${start} ${result} | <details><summary>${count}</summary>${checks.join('<br>')}</details> |`;
}

function summed(tallies: readonly Tally[]): Tally {
  const sum = (of: keyof Tally): number => tallies.reduce((total, tally) => total + tally[of], 0);
  return { passed: sum('passed'), failed: sum('failed'), leftOut: sum('leftOut'), seeds: sum('seeds') };
}

function resultOf({ passed, failed, leftOut, seeds }: Tally): string {
  const parts = [
    failed > 0 ? `${failed} FAILED` : '',
    passed > 0 ? `${passed} passed` : '',
    leftOut > 0 ? `${leftOut} left out` : '',
    seeds > 0 ? `${seeds} ${seeds === 1 ? 'seed' : 'seeds'}` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'not run' : parts.join(', ');
}

/** Names hold what Markdown would read as its own. */
function cell(text: string): string {
  return text.replace(/[\\`|<>*_[\]]/g, '\\$&');
}
