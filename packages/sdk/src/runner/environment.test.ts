import { expect, test } from 'vitest';
import { readSettings } from './environment.ts';

test('settings are read, with the default wait for the claim', () => {
  expect(readSettings({ GANTRY_API_URL: 'http://api:1', GANTRY_ATTEMPT_ID: 'a', GANTRY_BUNDLE_FOLDER: '' })).toEqual({
    ...{
      apiUrl: 'http://api:1',
      attemptId: 'a',
      bundleDigest: null,
      podShape: null,
      bundleFolder: null,
      tokenFile: null,
    },
    claimWaitSeconds: 300,
  });
});

test.each([
  [{}, 'GANTRY_API_URL is not set'],
  [{ GANTRY_API_URL: 'ftp://api' }, 'GANTRY_API_URL is "ftp://api"; expected a URL'],
  [
    { GANTRY_API_URL: 'http://api', GANTRY_CLAIM_WAIT_SECONDS: 'soon' },
    'GANTRY_CLAIM_WAIT_SECONDS is "soon"; expected a number',
  ],
])('what cannot be used is refused with name, value and what was expected (%#)', (environment, words) => {
  expect(() => readSettings(environment)).toThrow(words);
});
