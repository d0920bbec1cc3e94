import type { TaskKind } from '@gantry/sdk/model';
import type { Pattern } from '../../store/list-page.ts';

/** What a task is called as people write it in a DAG file. */
const NAMES: Readonly<Record<TaskKind, string>> = {
  task: 'task',
  branch: 'branch',
  short_circuit: 'shortCircuit',
  pod: 'kubernetesPod',
  empty: 'empty',
};

export function operatorName(kind: TaskKind): string {
  return NAMES[kind];
}

/** The kinds of task with one of these names, or with a name that one of the patterns fits. */
export function kindsOf(names: readonly string[] | undefined, patterns: readonly Pattern[]): TaskKind[] | undefined {
  if (names === undefined && patterns.length === 0) return undefined;
  const kinds = Object.entries(NAMES) as [TaskKind, string][];
  const fits = (name: string): boolean =>
    (names?.includes(name) ?? true) && patterns.every((pattern) => textFits(name, pattern));
  return kinds.filter(([, name]) => fits(name)).map(([kind]) => kind);
}

/** As the store's patterns, for texts that are not in the database. */
function textFits(name: string, { kind, text }: Pattern): boolean {
  const terms = text.split('|').map((term) => term.trim());
  if (terms.includes('~')) return true;
  if (kind === 'prefix') return terms.some((term) => name.startsWith(term));
  return terms.some((term) => name.toLowerCase().includes(term.replaceAll('%', '').toLowerCase()));
}
