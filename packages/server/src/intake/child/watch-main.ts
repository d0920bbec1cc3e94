// A thread of the child: when the main thread, which runs user code, breaks a limit, it says where that code stands.
import { readFileSync } from 'node:fs';
import { type Debugger, Session } from 'node:inspector';
import { workerData } from 'node:worker_threads';
import { writeAnswer } from './write-answer.ts';

const LOOK_MILLISECONDS = 25;
/** Native code, or a wait with nothing to run, cannot be paused; then there is no place to tell. */
const PAUSE_MILLISECONDS = 500;

const { timeoutMilliseconds, memoryBytes } = workerData as { timeoutMilliseconds: number; memoryBytes: number };
let waitedMilliseconds = 0;
let broken = false;

// It also keeps the thread alive.
setInterval(look, LOOK_MILLISECONDS);

function look(): void {
  waitedMilliseconds += LOOK_MILLISECONDS;
  if (broken) return;
  if (waitedMilliseconds >= timeoutMilliseconds) stop('timeout');
  else if (ownBytes() > memoryBytes) stop('memory');
}

/** What the heap limit of Node does not see counts too. Elsewhere than on Linux only the heap limit holds. */
function ownBytes(): number {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function stop(limit: 'timeout' | 'memory'): void {
  broken = true;
  const urls = new Map<string, string>();
  const session = new Session();
  session.connectToMainThread();
  session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url));
  session.on('Debugger.paused', ({ params }) => end(limit, stackOf(params.callFrames, urls)));
  session.post('Debugger.enable', () => session.post('Debugger.pause'));
  setTimeout(() => end(limit, ''), PAUSE_MILLISECONDS);
}

/** In the form that Node prints stacks in; the inspector counts from 0. */
function stackOf(frames: readonly Debugger.CallFrame[], urls: ReadonlyMap<string, string>): string {
  return frames
    .map(({ location: { scriptId, lineNumber, columnNumber } }) => {
      return `    at ${urls.get(scriptId)}:${lineNumber + 1}:${(columnNumber ?? 0) + 1}`;
    })
    .join('\n');
}

/** The child leads its group. */
function end(limit: 'timeout' | 'memory', stack: string): void {
  writeAnswer({ kind: 'limit', limit, stack });
  process.kill(-process.pid, 'SIGKILL');
}
