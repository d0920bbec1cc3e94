import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from '../store/connect.ts';
import { renewService } from '../store/service-lease.ts';
import { LeaseKeeping, type LeaseMessage } from './lease-keeping.ts';
import { openLog } from './process-log.ts';
import { systemClock } from './system-clock.ts';

/** What the scheduler gives the thread that keeps its lease. */
export interface LeaseThreadStart {
  readonly url: string;
  readonly leaseSeconds: number;
  readonly longestSilenceSeconds: number;
  readonly logLevel: string;
}

const { url, leaseSeconds, longestSilenceSeconds, logLevel } = workerData as LeaseThreadStart;
const log = openLog('scheduler', logLevel);
const lookMilliseconds = Math.min(1000, (leaseSeconds * 1000) / 6);
/** A statement that hangs must leave time for another one before the lease ends. */
const answerSeconds = Math.max(1, leaseSeconds / 4);
const bounds = { statementTimeoutSeconds: answerSeconds, lockTimeoutSeconds: answerSeconds, answerMarginSeconds: 1 };
const database = await openDatabase({ url, applicationName: 'gantry scheduler lease', poolSize: 1, ...bounds });
const keeping = new LeaseKeeping({
  clock: systemClock,
  leaseSeconds,
  longestSilenceSeconds,
  renew: (serviceId) => renewService(database, serviceId, leaseSeconds),
  warn: (sentence) => log.warn(sentence),
});
parentPort?.on('message', (message: LeaseMessage) => keeping.hear(message));

for (;;) {
  await keeping.once().catch((error: unknown) => {
    log.warn({ err: error }, 'The lease of this scheduler was not renewed beside its loop; it is tried again.');
  });
  await new Promise((resolve) => setTimeout(resolve, lookMilliseconds));
}
