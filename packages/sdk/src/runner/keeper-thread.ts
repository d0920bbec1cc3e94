import { ApiClient } from './api-client.ts';
import { Keeper } from './keeper.ts';
import type { KeeperStart, ToKeeper, ToMain } from './messages.ts';
import { endOtherProcesses, endOwnProcess } from './processes.ts';
import { say } from './say.ts';
import { systemClock } from './system-clock.ts';
import { systemFraction } from './system-random.ts';

/** The keeper's thread: takes messages from the main thread for as long as the process lives. */
export function keepInThread(): void {
  const { parentPort: port, workerData } = process.getBuiltinModule('node:worker_threads');
  if (port === null) return;
  const start = workerData as KeeperStart;
  const keeper = new Keeper({
    connect: (apiUrl, attemptId) => new ApiClient(apiUrl, attemptId),
    cells: new Int32Array(start.cells),
    now: systemClock.now,
    monotonic: systemClock.monotonic,
    fraction: systemFraction,
    post: (message: ToMain) => port.postMessage(message),
    endOthers: endOtherProcesses,
    endSelf: endOwnProcess,
  });
  // Without a keeper nobody renews the lease, so nothing of the task may go on either.
  process.on('uncaughtException', (error) => {
    say(`The keeper of the attempt broke: ${error.stack ?? error.message}`);
    endOwnProcess();
  });
  port.on('message', (message: ToKeeper) => keeper.take(message));
}
