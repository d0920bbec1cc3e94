import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KUBERNETES_VERSION } from '../../packages/server/src/kube/pod/schema/pod-types.ts';
import { ROOT } from '../house/source-files.ts';
import { realKubeconfig } from '../support/real-kube.ts';

const KUBECONFIG = realKubeconfig('the checked-in schema of a pod is not compared with what a real API server serves');
const TABLE = 'packages/server/src/kube/pod/schema/pod-types.ts';
const TYPES = 'packages/sdk/src/author/pod-types.ts';

describe.skipIf(KUBECONFIG === null)('from the API server of GANTRY_TEST_KUBECONFIG', () => {
  let folder = '';
  const written = (path: string) => readFileSync(join(folder, path), 'utf8');
  const checkedIn = (path: string) => readFileSync(join(ROOT, path), 'utf8');

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gantry-pod-schema-'));
    const script = join(ROOT, 'scripts/write-pod-schema.mjs');
    execFileSync(process.execPath, [script, KUBECONFIG!, '--into', folder], { stdio: 'pipe' });
  }, 60_000);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([TABLE, TYPES])('the generator writes %s as it is checked in', (path) => {
    const version = /KUBERNETES_VERSION = '(.*)'/.exec(written(TABLE))?.[1];
    if (version === KUBERNETES_VERSION) expect(written(path)).toBe(checkedIn(path));
    else console.log(`Not compared: the API server is of ${version}, the schema of ${KUBERNETES_VERSION}.`);
  });
});
