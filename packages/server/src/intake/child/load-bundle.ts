// The program of the child that runs user code. It is bundled to one file; file descriptor 3 takes its one answer.
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { isBundledDag } from '@gantry/sdk/model';
import type { ChildAnswer } from './child-answer.ts';

const ANSWER = 3;
/** Node's own, which runs no handlers of user code. */
const { reallyExit } = process as unknown as { reallyExit(code: number): never };
let answered = false;

/** Says how it went and ends the process, whatever user code still has running. */
function answer(said: ChildAnswer): never {
  if (!answered) {
    answered = true;
    writeWhole(Buffer.from(JSON.stringify(said)));
  }
  return reallyExit.call(process, 0);
}

function writeWhole(bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(ANSWER, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

function threw(error: unknown): never {
  if (error instanceof Error)
    return answer({ kind: 'threw', name: error.name, message: error.message, stack: String(error.stack) });
  return answer({
    kind: 'threw',
    name: 'Error',
    message: `It threw ${typeof error === 'string' ? error : typeof error}`,
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

import(pathToFileURL(process.argv[2]!).href).then((exported: object) => answer(dagsOf(exported))).catch(threw);
