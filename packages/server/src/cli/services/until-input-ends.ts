/** Aborts when standard input ends, which for a child with a pipe means that its parent is gone. */
export function untilInputEnds(): AbortSignal {
  const abort = new AbortController();
  const end = (): void => abort.abort('The parent is gone.');
  process.stdin.on('end', end).on('error', end).resume();
  // What keeps the process alive is its work, not this pipe.
  process.stdin.unref();
  return abort.signal;
}
