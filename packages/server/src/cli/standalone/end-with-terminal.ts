/**
 * Makes the closing of the terminal a request to stop, so that the database is not left behind. Under nohup, which
 * redirects standard output, a hang-up stays without effect.
 */
export function endWithTerminal(): void {
  if (process.stdout.isTTY) process.on('SIGHUP', () => process.kill(process.pid, 'SIGTERM'));
}
