import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from '../../packages/server/src/cluster/node/images.ts';
import { ROOT } from '../house/source-files.ts';

const CONTAINERFILE = join(ROOT, 'examples/worker-image/Containerfile');

/**
 * The image that the Containerfile describes, as a row of the local cluster: what it copies where, and its variables.
 * `sources` says what lies in its build context besides the files of the repository.
 */
export function imageOfContainerfile(name: string, sources: Readonly<Record<string, string>>): Image {
  const lines = readFileSync(CONTAINERFILE, 'utf8').split('\n');
  const copies = lines.flatMap((line) => {
    const [, source, target] = /^COPY (?:--\S+ )*(\S+) (\S+)$/.exec(line) ?? [];
    return source === undefined || target === undefined ? [] : [[target, sources[source] ?? join(ROOT, source)]];
  });
  const variables = lines.flatMap((line) => {
    const [, variable, value] = /^ENV (\w+)=(\S+)$/.exec(line) ?? [];
    return variable === undefined || value === undefined ? [] : [[variable, value]];
  });
  return { name, files: Object.fromEntries(copies), environment: Object.fromEntries(variables) };
}
