import { expect, test } from 'vitest';
import { workerEnvironment } from './worker-environment.ts';

test('a worker sees of the scheduler’s environment only what does no harm', () => {
  const environment = {
    ...{ PATH: '/bin', LC_ALL: 'C', TZ: 'UTC', HTTPS_PROXY: 'http://proxy', HOME: undefined },
    ...{ GANTRY__DATABASE__URL: 'postgres://secret', AWS_SECRET_ACCESS_KEY: 'secret', NODE_OPTIONS: '--inspect' },
  };
  expect(workerEnvironment({ apiUrl: 'http://api', bundleFolder: '/bundles', environment })).toEqual({
    ...{ PATH: '/bin', LC_ALL: 'C', TZ: 'UTC', HTTPS_PROXY: 'http://proxy' },
    ...{ GANTRY_API_URL: 'http://api', GANTRY_BUNDLE_FOLDER: '/bundles' },
  });
  expect(workerEnvironment({ apiUrl: 'http://api', bundleFolder: null, environment: {} })).toEqual({
    GANTRY_API_URL: 'http://api',
  });
});
