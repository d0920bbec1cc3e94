import { rowsOf } from './row.ts';

/** How the watch, the ends of pods and Postgres are treated, and the races that others have met. */
export const RULES = rowsOf(`
W1 Versions are text, compared by length and digits, else not comparable.
W2 A list that decides absence is consistent and whole.
W3 A watch starts at the list's version and ends by itself at a random time.
W4 The version moves only with what was understood.
W5 The first events of a watch without a version move nothing.
W6 410 in both forms leads to a list.
W7 A version that is too large leads to a list.
W8 429 waits, 500 retries for a bounded time.
W9 Waits grow, are random and bounded.
W10 Silence ends a watch, not its version.
W11 A line that cannot be read ends the watch.
W12 Lines and buffers are bounded.
W13 Deleted without a time of deletion is not dead.
W14 What a list lacks is asked for by name.
W15 A token for an inconsistent rest decides nothing.
W16 Effects and version are one transaction.
W17 What was seen already is dropped.
W18 401 reads the token again, 403 freezes conclusions.
W19 The version is kept with cluster, namespace and selector.
W20 Two watchers do no harm.
W21 Streaming lists are optional.
P1 Reported, then any end of the pod.
P2 Succeeded without a report.
P3 Failed by its exit code.
P4 Out of memory.
P5 Evicted for the node's pressure.
P6 Evicted for its own storage.
P7 Taken by the cluster.
P8 Marked for disruption, yet healthy.
P9 Refused by the kubelet.
P10 An init container failed.
P11 An image that can never be had.
P12 An image that may come.
P13 A container that cannot be made.
P14 No room.
P15 Held back on purpose.
P16 The main container ended, another stays.
P17 A container started again in its pod.
P18 Deleted by somebody else.
P19 A node that is silent.
P20 Gone, and it had ended.
P21 Gone, and it had run or was never seen.
P22 Ended by the garbage collector: no proof of death.
P23 Its deadline passed.
P24 A phase that nobody knows.
D1 A commit may have happened although its answer is lost.
D2 One killed backend ends every session.
D3 Advisory locks save work and decide nothing. :: the schedulers use none
D4 Notifications are lost while nobody listens.
D5 Skipping locked rows counts nothing.
D6 Each error code has its treatment.
D7 A stopped backend keeps its locks.
D8 A full disk is overload.
D9 A fail-over may forget. :: needs an asynchronous standby, which no test sets up
D10 Listening needs a direct connection. :: no pooling proxy is among the tests' parts
D11 A waiting update looks again at the row.
D12 Leases go by the clock, not by the start of the transaction.
D13 Leases are renewed beside a loop that stands still.
R1 A slow heartbeat is taken for death and healthy tasks are reset.
R2 A second pod for a pending one.
R3 An old attempt's pod fails the present one.
R4 A second dispatch kills the first.
R5 Done pods of living schedulers are adopted and slots leak.
R6 410 is understood in one form only.
R7 A half-open connection freezes the watch.
R8 A repeated start is refused as somebody else's.
R9 Late states between worker and scheduler kill good tasks.
R10 A pod deleted while pending is queued for ever.
R11 A task that ends before its launch is recorded stays queued.
R12 A step runs again since its pod was cleaned up and a cache is old.
R13 Cleaning up races reading the status.
R14 Two leaders after a rolling update.
R15 One malformed pod ends the controller.
R16 Finalizers left behind block pods. :: Gantry sets none
`);
