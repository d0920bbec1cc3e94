import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadDagFile } from '../../packages/server/src/intake/load-dag-file.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const folder = join(import.meta.dirname, '../../examples/dags');
const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));

test.each(files)('the example %s loads, and its DAG has the name of its file', async (file) => {
  const result = await loadDagFile(file, { clock, folder, timeoutSeconds: 30, memoryLimitMebibytes: 256 });
  if (result.kind === 'failure') throw new Error(result.message);
  expect(result.dags.map((dag) => dag.dagId)).toEqual([file.replace('.ts', '')]);
});
