/** The worker's file. Its main thread runs one attempt; a second thread from the same file keeps it alive. */

import { LOST_EXIT_CODE } from '../model/execution-api.ts';
import { keepInThread } from './keeper-thread.ts';
import { KEEPER_ARGUMENT } from './messages.ts';
import { runWorker } from './run-worker.ts';
import { say } from './say.ts';

if (process.argv.at(-1) !== KEEPER_ARGUMENT) {
  runWorker(process.argv[1] ?? '').catch((error: Error) => {
    say(error.message);
    process.exit(LOST_EXIT_CODE);
  });
} else {
  keepInThread();
}
