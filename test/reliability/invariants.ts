import { rowsOf } from './row.ts';

/** What holds whatever fails. */
export const INVARIANTS = rowsOf(`
I01 An attempt has one pod name, made of its id, and never two pods that ran.
I02 A pod is created, a process started, only for an attempt that was committed before.
I03 The next try starts only when the worker of the one before is proven dead or its lease has ended.
I04 A create whose answer is lost is followed by a look by name; it is sent again only when nothing is there, under the same name.
I05 One worker start is granted an attempt; it may ask again, any other is refused.
I06 The task's code runs only after its claim was granted.
I07 A worker that cannot renew its lease kills its task before the lease ends, by its own monotonic clock.
I08 A refused claim changes nothing and is nobody's failure.
I09 States change only as the table of transitions allows, and a closed attempt never changes.
I10 What the claimed worker has reported stands, whatever is seen of its pod later.
I11 What is seen of one attempt never changes another.
I12 The same pod events in any order, any number of times, end an attempt the same way and spend at most one retry.
I13 No attempt with a worker succeeds by what its pod looks like.
I14 What the cluster did has budgets of its own; only the task's failures spend retries.
I15 A report is answered after its commit, and a repeated one is answered the same.
I16 Output is visible only with the attempt that succeeded, from the same commit on.
I17 A task starts only when its trigger rule holds on committed states.
I18 A clear, mark or kill raises the fence: what the old attempt says later is kept for people and changes nothing.
I19 The stored version of the watch is never ahead of what was applied.
I20 After any loss or disorder of events, database and cluster agree within one reconcile interval.
I21 A pod is absent only by a full consistent list or a 404 of its own.
I22 A list that would declare many pods gone is not believed: each is asked for by name.
I23 A pod with another uid than recorded never touches the attempt.
I24 Only pods with this deployment's id are deleted, and only with the recorded uid.
I25 What is unknown in a pod is counted and left alone.
I26 One poisonous object is set aside; the others go on.
I27 A logical run exists once, and none is missing without an explanation.
I28 Slots in use never exceed a cap, with any number of schedulers.
I29 Slots in use are open attempts: none is left when all is quiet.
I30 A runnable task is launched within 5 s when there is room. :: a figure, measured by a bench and not asserted, since the time of a shared machine proves nothing
I31 The runs of a killed scheduler go on, and no attempt is ended or repeated by the takeover.
I32 A scheduler that slept beyond its lease commits nothing under the old fence.
I33 No decision compares the clocks of two machines.
I34 Without notifications everything goes on by polling.
I35 An outage shorter than the worker's lease fails no attempt.
I36 After a kill at any moment a restart goes on without a human.
I37 Neighbouring versions work together.
I38 A kill reaches the worker within a heartbeat, and its process group is gone within the grace period.
I39 When all is quiet there is no pod without an attempt.
I40 Log bytes flushed before the report can be read when the pod is gone.
I41 A secret never appears in pods, logs, answers or errors.
I42 An attempt's token is good for that attempt only, and dies with it.
I43 Every route has a declared permission.
I44 Changing the key loses no stored secret.
`);
