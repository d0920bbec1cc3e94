/** The worker's file. Its main thread runs one attempt; a second thread from the same file keeps it alive. */
import { isMainThread } from 'node:worker_threads';
import { LOST_EXIT_CODE } from './keeper.ts';
import { keepInThread } from './keeper-thread.ts';
import { runWorker } from './run-worker.ts';
import { say } from './say.ts';

if (isMainThread) {
  runWorker(process.argv[1] ?? '').catch((error: Error) => {
    say(error.message);
    process.exit(LOST_EXIT_CODE);
  });
} else {
  keepInThread();
}
