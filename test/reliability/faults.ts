import { rowsOf } from './row.ts';

const NO_QUEUE = 'needs the queue executor, which is not built';

/** What is done to the parts, and what is to come of it. */
export const FAULTS = rowsOf(`
F01 410 when a watch resumes: one list, and no attempt changes twice.
F02 410 as an event in the stream: the same.
F03 410 on a later page of a list: the list begins again.
F04 429 with Retry-After, again and again: it waits as told and does not list.
F05 Errors 500 in the stream: the watch is retried, then a list; launches go on.
F06 The cluster was restored and its versions went back: a consistent list.
F07 Silence on an open watch: it is opened again from the same version.
F08 A reset while an event is on its way: it counts once.
F09 A stream cut in the middle of a line: the half line is not read.
F10 A line that is garbage, or 50 MB long: the watch ends and resumes, memory stays bounded.
F11 Lost events, deletes among them: the next list finds them.
F12 Every event twice and out of order.
F13 Events that come after the worker's report: the report stands.
F14 Events of an old version replayed after a restart.
F15 No bookmarks at all, or nothing but bookmarks.
F16 A list that is older than what was seen: it decides no absence.
F17 An empty list by mistake, or a right that was taken away: nothing is concluded.
F18 A pod that left the selector without being deleted.
F19 A kill between the effects of events and their version.
F20 Two watchers at once: the older one's commits are refused.
F21 Unknown events, phases and conditions, or no status.
F22 The cluster's certificate and the token file are exchanged.
F23 A create that was done but not answered.
F24 A create that was neither done nor answered.
F25 A kill after the create, before its uid is committed.
F26 A kill after the attempt is committed, before the create.
F27 409 to a create: ours, ours but going, or somebody else's.
F28 A storm of 429 to creates.
F29 A quota that is used up.
F30 A pod that is refused for what it is.
F31 An admission webhook that fails or is slow.
F32 404 or 409 to a delete.
F33 A pod that a finalizer keeps.
F34 Kubernetes away for ten minutes under load.
F35 Out of memory in the task's process only.
F36 Out of memory of the worker.
F37 SIGTERM that the task answers with exit 0.
F38 Preempted, drained or evicted while pending, running or just done.
F39 Evicted for its own storage.
F40 Refused by the kubelet.
F41 An image that cannot be had.
F42 A secret that appears later.
F43 No room, or held back on purpose.
F44 A sidecar that stays.
F45 A container started again in the same pod.
F46 A node that is cut off while its worker lives.
F47 A worker that is frozen and wakes after its successor ran.
F48 A pod that the garbage collector took.
F49 A task that ends before its launch is recorded.
F50 A pod that is deleted while pending.
F51 A commit whose answer is lost.
F52 A backend of Postgres is killed, and with it every session.
F53 Postgres is away, shortly or longer than the lease.
F54 A fail-over that forgets the last commits. :: needs an asynchronous standby, which no test sets up: what Postgres forgot cannot be scripted on one server
F55 Serialization failures and deadlocks.
F56 A row that another session holds.
F57 The listening session is killed or goes silent.
F58 A pool of connections that is used up.
F59 A full disk under Postgres.
F60 A slow line to Postgres.
F61 A scheduler is killed.
F62 A scheduler is paused beyond its lease.
F63 A scheduler's loop stands still.
F64 No file handles or no memory left.
F65 A rolling update to the next version. There is one version so far: its parts are restarted one after another, and a schema of another version is refused with what to do.
F66 The API server is killed while a report is on its way.
F67 The API server answers 503 for minutes.
F68 The API server answers a byte a second.
F69 A worker's supervisor is killed.
F70 A task that forks and ignores SIGTERM.
F71 A token that is about to expire while the API server is away. :: does not arise: the token of an attempt ends with its attempt, not with time
F72 A scheduler with local children is killed.
F73 A queue that is killed and forgets. :: ${NO_QUEUE}
F74 A message that comes twice. :: ${NO_QUEUE}
F75 A queue that is paused or full. :: ${NO_QUEUE}
F76 A queue that fails over to an empty one. :: ${NO_QUEUE}
F77 A clock that jumps an hour.
F78 Summer time, leap days, ends of months.
F79 A database clock that is minutes off.
F80 A full disk under the logs. :: does not arise for tasks: their logs go to Postgres (F59) and touch no disk; what a full disk does to the files of standalone's parts is not injected
F81 A log store that fails. :: remote log stores are not built
F82 DAG files that change while they are read.
F83 A DAG file that loops, eats memory, exits or throws.
F84 A task that is renamed while its run is open.
F85 Links that are cut and restored one by one at random.
F86 Postgres restarts, history is lost and a scheduler stands still at once.
F87 10,000 runnable tasks at once. :: a bench measures the watch with 10,000 pods; 10,000 processes do not fit one machine
`);
