import type { JsonObject } from '@gantry/sdk/model';
import { expect, test } from 'vitest';
import { findIdentityTouches } from './identity-guard.ts';

function touches(...names: readonly string[]): readonly string[] {
  const patch: JsonObject = {
    spec: { containers: [{ name: 'base', env: names.map((name) => ({ name, value: 'x' })) }] },
  };
  return findIdentityTouches(patch, 'worker').map(({ path }) => path);
}

test('whoever delivers bundles with the pod may say where they lie, and that is the only variable of Gantry to set', () => {
  expect(touches('GANTRY_BUNDLE_FOLDER')).toEqual([]);
  expect(touches('GANTRY_BUNDLE_FOLDER', 'GANTRY_BUNDLE_FOLDERS', 'GANTRY_BUNDLE_DIGEST', 'GANTRY_TOKEN_FILE')).toEqual(
    ['spec.containers[0].env[1]', 'spec.containers[0].env[2]', 'spec.containers[0].env[3]'],
  );
});
