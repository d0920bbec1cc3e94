import type { TestReport } from './test-results.ts';

const TITLE = /^a planted bug is found: (.*)$/;

/** The bugs that are planted to prove the campaign, and how many seeds it took to find each. */
export function plantedBugsSection(report: TestReport | null): readonly string[] {
  const results = (report?.testResults ?? []).flatMap(({ assertionResults }) => assertionResults);
  const lines = results.flatMap(({ title, status, meta }) => {
    const name = TITLE.exec(title)?.[1];
    return name === undefined ? [] : [`| ${name} | ${status === 'passed' ? `by seed ${meta?.seeds ?? 0}` : status} |`];
  });
  if (lines.length === 0) return [];
  return [
    '## Planted bugs',
    '',
    'Each is put into the parts by `test/campaign`, alone, and must be found.',
    '',
    '| Bug | Found |',
    '|---|---|',
    ...lines,
    '',
  ];
}
