// The program of the child that runs user code. It is bundled to one file; file descriptor 3 takes its one answer.
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { isBundledDag } from '@gantry/sdk/model';
import type { ChildAnswer } from './child-answer.ts';
import { writeAnswer } from './write-answer.ts';

/** Node's own, which runs no handlers of user code. */
const { reallyExit } = process as unknown as { reallyExit(code: number): never };
let answered = false;

/** Says how it went and ends the process, whatever user code still has running. */
function answer(said: ChildAnswer): never {
  if (!answered) {
    answered = true;
    writeAnswer(said);
  }
  return reallyExit.call(process, 0);
}

function threw(error: unknown): never {
  if (error instanceof Error)
    return answer({ kind: 'threw', name: error.name, message: error.message, stack: String(error.stack) });
  return answer({
    kind: 'threw',
    name: 'Error',
    message: `It threw ${typeof error === 'string' ? JSON.stringify(error) : typeof error}, which is no Error.`,
    stack: '',
  });
}

process.on('uncaughtException', threw);
process.on('unhandledRejection', threw);
// Nothing is left that could settle the import.
process.on('beforeExit', () => answer({ kind: 'unsettled' }));
process.exit = (code) => answer({ kind: 'exited', code: Number(code ?? 0), stack: String(new Error('exit').stack) });

/** Every export that is a DAG or a list with DAGs, each once. */
function dagsOf(exported: object): ChildAnswer {
  const found = Object.values(exported).flat(8).filter(isBundledDag);
  const dags = [...new Set(found)].map(({ spec, handlers }) => ({ spec, handlers: Object.keys(handlers ?? {}) }));
  return { kind: 'dags', dags };
}

const [bundle, watch, limits] = process.argv.slice(2) as [string, string, string];
// Not counted among what keeps the process alive, or it would never end by itself.
new Worker(watch, { workerData: JSON.parse(limits) }).unref();

import(pathToFileURL(bundle).href).then((exported: object) => answer(dagsOf(exported)), threw);
