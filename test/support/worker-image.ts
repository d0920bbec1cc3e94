import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../house/source-files.ts';
import { writeImageArchive } from './image-archive.ts';

/** What `npm test` has built. */
export const WORKER_FILE = join(ROOT, 'packages/sdk/dist/worker.cjs');
const ACCOUNTS = 'root:x:0:0:root:/:/bin/sh\nnonroot:x:65532:65532:nonroot:/tmp:/bin/sh\n';

/** Writes an image of the worker to `path`: this machine's Node with the libraries it loads, and `/gantry/worker.cjs`. */
export function writeWorkerImage(path: string, name: string): void {
  writeImageArchive(path, name, {
    files: {
      'usr/bin/node': process.execPath,
      'gantry/worker.cjs': WORKER_FILE,
      ...Object.fromEntries(nodeLibraries().map((library) => [library.slice(1), library])),
    },
    texts: { 'etc/passwd': ACCOUNTS, 'etc/group': 'root:x:0:\nnonroot:x:65532:\n' },
  });
}

const BUSYBOX = ['/bin/busybox', '/usr/bin/busybox'];
const BUSYBOX_TOOLS = ['sh', 'echo', 'mv', 'sleep', 'cat', 'date'];

/** Writes an image with the tools of this machine's busybox; false where there is no static one. */
export function writeBusyboxImage(path: string, name: string): boolean {
  const busybox = BUSYBOX.find((candidate) => existsSync(candidate) && loadsNothing(candidate));
  if (busybox === undefined) return false;
  const links = Object.fromEntries(BUSYBOX_TOOLS.map((tool) => [`bin/${tool}`, 'busybox']));
  writeImageArchive(path, name, { files: { 'bin/busybox': busybox }, texts: { 'etc/passwd': ACCOUNTS }, links });
  return true;
}

/** Node itself tells which shared objects it has loaded; a process of its own, so that no add-on of the tests is among them. */
function nodeLibraries(): string[] {
  const script = 'console.log(JSON.stringify(process.report.getReport().sharedObjects))';
  const loaded = JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })) as string[];
  return loaded.filter((path) => path.startsWith('/') && existsSync(path));
}

function loadsNothing(program: string): boolean {
  try {
    execFileSync('ldd', [program], { stdio: 'ignore' });
    return false;
  } catch {
    // ldd fails for a program that is static.
    return true;
  }
}
