import { InvalidArgumentError } from 'commander';

/** A port of the command line; 0 takes a free one. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new InvalidArgumentError('Expected a whole number from 0 to 65535.');
}
