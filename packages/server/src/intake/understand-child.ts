import type { ChildAnswer } from './child/child-answer.ts';
import { type ImportFailure, importFailure } from './import-failure.ts';
import type { ChildEnd, ChildLimits } from './run-child.ts';
import { placeInStack } from './source-places.ts';

export type ExportedDag = Extract<ChildAnswer, { kind: 'dags' }>['dags'][number];

const KINDS: readonly unknown[] = ['dags', 'threw', 'exited', 'unsettled', 'limit'] satisfies ChildAnswer['kind'][];
const HEAP_IS_FULL = /JavaScript heap out of memory|Array buffer allocation failed|ERR_WORKER_OUT_OF_MEMORY/;
const LONGEST_MESSAGE = 4000;

/** What the end of the child says: the DAGs it exported, or why there are none. */
export function understandChild(
  end: ChildEnd,
  limits: ChildLimits,
  file: string,
  code: string,
  bundleName: string,
): readonly ExportedDag[] | ImportFailure {
  const answer = parse(end.answer);
  if (answer?.kind === 'limit') {
    const place = placeInStack(answer.stack, code, bundleName);
    return importFailure(file, withOutput(limitSentence(answer.limit, limits), end), place);
  }
  const limit = limitOf(end);
  if (limit !== null) return importFailure(file, withOutput(limitSentence(limit, limits), end));
  if (answer === null) return importFailure(file, withOutput(endSentence(end), end));
  if (answer.kind === 'dags') return answer.dags;
  if (answer.kind === 'unsettled')
    return importFailure(file, withOutput('The file waits at its top level for a promise that never settles.', end));
  const sentence = answer.kind === 'threw' ? thrownSentence(answer) : exitSentence(answer.code);
  return importFailure(file, withOutput(sentence, end), placeInStack(answer.stack, code, bundleName));
}

type Limit = Exclude<ChildEnd['how'], 'ended'>;

/** The limit that the child was stopped at, where it could not say so itself. */
function limitOf(end: ChildEnd): Limit | null {
  if (end.how !== 'ended') return end.how;
  if (end.signal === 'SIGXCPU') return 'timeout';
  return end.answer === '' && HEAP_IS_FULL.test(end.output) ? 'memory' : null;
}

function limitSentence(limit: Limit, { timeoutSeconds, memoryLimitMebibytes }: ChildLimits): string {
  const advice = 'do the work in a task, or raise [dag_processor]';
  switch (limit) {
    case 'timeout':
      return `The file did not finish loading within ${timeoutSeconds} seconds; ${advice} dag_file_processor_timeout.`;
    case 'memory':
      return `The file needs more than ${memoryLimitMebibytes} MiB to load; ${advice} dag_file_memory_limit.`;
    case 'too_much':
      return 'The DAGs of the file are larger than 64 MiB in all; make them smaller.';
    case 'aborted':
      return 'Loading was stopped, because Gantry stops.';
  }
}

function parse(text: string): ChildAnswer | null {
  try {
    const answer = JSON.parse(text) as ChildAnswer;
    return KINDS.includes(answer.kind) ? answer : null;
  } catch {
    return null;
  }
}

function thrownSentence({ name, message }: Extract<ChildAnswer, { kind: 'threw' }>): string {
  const text = message.trim() === '' ? `It threw ${name} without a message.` : message.trim().slice(0, LONGEST_MESSAGE);
  return name === 'Error' || name === 'DagDefinitionError' ? text : `${name}: ${text}`;
}

function exitSentence(code: number): string {
  return `The file calls process.exit(${code}) while it is loaded; a DAG file must only define DAGs.`;
}

function endSentence({ code, signal }: ChildEnd): string {
  if (signal !== null) return `The process that loaded the file was killed by ${signal}.`;
  return `The process that loaded the file ended with exit code ${code} before its DAGs were read.`;
}

/** Not Node's own report on a full heap, which says nothing to a person. */
function withOutput(sentence: string, { output }: ChildEnd): string {
  const printed = HEAP_IS_FULL.test(output) ? '' : output.trim();
  return printed === '' ? sentence : `${sentence}\n\nIt printed:\n${printed}`;
}
