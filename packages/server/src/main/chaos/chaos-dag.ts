import type { LogLine } from '@gantry/sdk/model';
import type { LedgerLine } from '../../check/history.ts';

export const CHAOS_DAG = 'gantry_chaos';
export const CHAOS_FILE = 'gantry_chaos.ts';
/** Stands before what a task writes into its log for the checker. */
export const LEDGER_MARK = 'gantry-chaos-ledger ';
export const LAST_LINE = 'gantry-chaos-last-line';
/** Task that waits for all of these to succeed. */
export const UPSTREAM = { join: ['t0', 't1', 't2', 't3'], last: ['join'] } as const;

/** A fan-out, one of whose tasks fails in its first try, a join and a chain; the tasks' logs are the ledger. */
export const CHAOS_DAG_TEXT = `// Written by gantry chaos run, which removes it when it is over.
import { dag, task } from '@gantry/sdk';

const free = { action: 'retry_free', budget: 50, backoff: { first: 1 } } as const;
const onFailure = { disrupted: free, never_started: free, no_report: free, image: free } as const;

export const chaos = dag('${CHAOS_DAG}', { maxActiveTasks: 1000, maxActiveRuns: 1000 }, () => {
  const make = (name: string) =>
    task(name, { retries: 20, retryDelay: 0, onFailure }, async (_: void, context) => {
      const { runId } = context.run;
      const tell = (kind: string) =>
        console.log('${LEDGER_MARK}' + JSON.stringify({
          kind, attempt: context.task.attemptId, instance: '${CHAOS_DAG}/' + runId + '/' + name,
        }));
      tell('start');
      await new Promise((resolve) => setTimeout(resolve, 2000));
      tell('end');
      console.log('${LAST_LINE}');
      if (name === 't0' && context.task.tryNumber === 1) throw new Error('This task fails in its first try on purpose.');
      return name;
    })();
  const fan = ['t0', 't1', 't2', 't3'].map(make);
  const join = make('join');
  const last = make('last');
  for (const one of fan) join.after(one);
  last.after(join);
});
`;

/** What tasks wrote, out of the chunks of their logs, by the clocks of their machines. A line that cannot be read is left out. */
export function ledgerOf(chunks: readonly string[]): readonly LedgerLine[] {
  return chunks
    .flatMap((chunk) => chunk.split('\n'))
    .flatMap((line) => {
      const { text, at } = parsed<Partial<LogLine>>(line) ?? {};
      if (typeof text !== 'string' || at === undefined || !text.startsWith(LEDGER_MARK)) return [];
      const told = parsed<Omit<LedgerLine, 'at'>>(text.slice(LEDGER_MARK.length));
      return told === null ? [] : [{ ...told, at }];
    });
}

function parsed<Value>(text: string): Value | null {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return null;
  }
}
