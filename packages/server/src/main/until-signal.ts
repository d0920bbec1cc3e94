/** Aborts at the first SIGINT or SIGTERM; a second one ends the process at once, since somebody is in a hurry. */
export function untilSignal(): AbortSignal {
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (abort.signal.aborted) process.exit(130);
      abort.abort(name);
    });
  }
  return abort.signal;
}
