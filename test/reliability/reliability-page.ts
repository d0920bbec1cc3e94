import { FAULTS } from './faults.ts';
import { INVARIANTS } from './invariants.ts';
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
      '| Row | Says | Checked by | Result |',
      '|---|---|---|---|',
      ...rows.map((row) => line(row, tests, report)),
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
      : `The results are those of commit ${commit}. A test that needs a part which was not there is left out.`,
    '',
    table('Promises', INVARIANTS),
    table('Faults', FAULTS),
    table('Rules of the watch, the ends of pods, Postgres, and races that others have met', RULES),
  ].join('\n');
}

function line(row: Row, tests: readonly TaggedTest[], report: TestReport | null): string {
  const proofs = tests.filter(({ ids }) => ids.includes(row.id));
  const start = `| ${row.id} | ${cell(row.sentence)} |`;
  if (proofs.length === 0) return `${start} not covered: ${cell(row.reason ?? 'no reason given')} | |`;
  const checks = proofs.map((test) => `${cell(test.name)} (\`${test.file}\`)`);
  return `${start} ${checks.join('<br>')} | ${proofs.map((test) => told(tallyOf(test, report))).join('<br>')} |`;
}

function told({ passed, failed, leftOut }: Tally): string {
  const parts = [
    failed > 0 ? `${failed} FAILED` : '',
    passed > 0 ? (passed === 1 ? 'passed' : `${passed} passed`) : '',
    leftOut > 0 ? `${leftOut} left out` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'not run' : parts.join(', ');
}

/** Names hold what Markdown would read as its own. */
function cell(text: string): string {
  return text.replace(/[\\`|<>*_[\]]/g, '\\$&');
}
