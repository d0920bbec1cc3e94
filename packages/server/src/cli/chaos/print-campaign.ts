import type { ChaosResult } from '../../main/chaos/run-chaos.ts';
import type { OutputFormat } from '../output/output-format.ts';
import { printData } from '../output/print-data.ts';
import { printRows } from '../output/print-rows.ts';
import type { Terminal } from '../output/terminal.ts';

/** What each row that the checker holds says, in a few words. */
const SAYS: Readonly<Record<string, string>> = {
  I01: 'an attempt has one pod',
  I02: 'a pod is created only for a committed attempt',
  I03: 'no two tries of a task overlap',
  I04: 'a create is repeated only after a look',
  I05: 'an attempt starts once',
  I06: 'a task runs only after its claim',
  I08: 'a refused claim changes nothing',
  I09: 'states change as the table allows',
  I10: 'a report is never overwritten',
  I11: 'an attempt ends only its own task instance',
  I12: 'one end spends at most one retry',
  I13: 'no success without a report',
  I14: 'what the cluster did spends no retry',
  I15: 'a report is taken once',
  I16: 'output is that of the success',
  I17: 'a task starts after its upstream',
  I18: 'a late report changes nothing',
  I23: 'another pod never counts for an attempt',
  I24: 'only our own pods are deleted, by uid',
  I27: 'each run exists once',
  I28: 'no pool is exceeded',
  I29: 'no slot leaks',
  I31: 'a takeover ends no attempt',
  I32: 'a takeover raises the fence',
  I36: 'every run ends without a human',
  I39: 'no pod is left without an attempt',
  I40: 'logs are whole',
  I41: 'no secret is seen',
  success: 'a success is that of its attempt',
  'lost result': 'a success has come to its end',
};

/** Faults, then invariants, then each violation; JSON and YAML hold all of it as one object. */
export async function printCampaign(
  terminal: Terminal,
  format: OutputFormat,
  seed: number,
  { runs, attempts, faults, verdicts }: ChaosResult,
): Promise<void> {
  const rows = verdicts.map(({ id, checked, violations }) => ({
    invariant: id,
    says: SAYS[id] ?? '',
    checked,
    violations,
  }));
  if (format === 'json' || format === 'yaml') {
    return printData(terminal, format, { seed, runs, attempts, faults, invariants: rows });
  }
  const done = Object.entries(faults).map(([fault, count]) => ({ fault, count }));
  await printRows(
    terminal,
    format,
    [
      { key: 'fault', value: ({ fault }) => fault },
      { key: 'count', title: 'how often', value: ({ count }) => count, right: true },
    ],
    done,
    'No fault was done.',
  );
  terminal.write('\n');
  await printRows(
    terminal,
    format,
    [
      { key: 'invariant', value: (row) => row.invariant },
      { key: 'says', value: (row) => row.says },
      { key: 'checked', value: (row) => row.checked, right: true },
      {
        key: 'violations',
        value: (row) => row.violations.length,
        paint: (row) => (row.violations.length > 0 ? terminal.colors.red : (text) => text),
        right: true,
      },
    ],
    rows,
    'Nothing was checked.',
  );
  const broken = rows.flatMap(({ invariant, violations }) => violations.map((text) => `${invariant}: ${text}`));
  terminal.write(`\nSeed ${seed}: ${runs} runs, ${attempts} attempts, ${broken.length} violations.\n`);
  for (const line of broken) terminal.write(`${terminal.colors.red(line)}\n`);
}
