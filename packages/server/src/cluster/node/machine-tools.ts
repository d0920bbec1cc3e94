import { existsSync } from 'node:fs';
import { findProgram } from './find-program.ts';

/** Where this machine's own tools are, whatever a container's PATH says. */
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The whole path of one of this machine's tools; null when it is not there. */
export function systemProgram(name: string): string | null {
  return findProgram(name, SYSTEM_PATH, '/', (path) => path);
}

/**
 * The start of a command that runs a shell script before a container's program. bash where there is one, since dash
 * loses variables whose names are no identifiers, such as `ca.crt`; `-p` keeps it from reading the container's BASH_ENV.
 */
export function shell(script: string): readonly string[] {
  return existsSync('/bin/bash') ? ['/bin/bash', '-p', '-c', script] : ['/bin/sh', '-c', script];
}
