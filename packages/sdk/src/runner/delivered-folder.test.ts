import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClaimAnswer } from '../model/execution-api.ts';
import { digestOf, placeBundle } from './bundle.ts';
import { ConfigurationFault } from './failures.ts';

const CODE = 'export const one = 1;\n';
const WANTED = digestOf(CODE);
const OTHER = 'f'.repeat(64);
const ANSWER = {
  bundleDigest: WANTED,
  bundle: CODE,
  task: { dagId: 'sales', version: 4 },
} as ClaimAnswer;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-delivered-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function deliver(...rows: readonly { readonly dag_id: string; readonly digest: string }[]): void {
  const bundles = rows.map((row) => ({ ...row, file: 'sales.ts', gantry_version: '0.1.0' }));
  writeFileSync(join(folder, 'bundles.json'), JSON.stringify({ bundles }));
}

function faultOf(): ConfigurationFault {
  try {
    placeBundle(ANSWER, folder, null);
  } catch (error) {
    if (error instanceof ConfigurationFault) return error;
    throw error;
  }
  throw new Error('The bundle was placed.');
}

test('a delivered folder without the bundle of the run is refused with both versions, and is not filled up', () => {
  deliver({ dag_id: 'other', digest: WANTED.replace(/^./, '0') }, { dag_id: 'sales', digest: OTHER });
  const fault = faultOf();
  expect(fault.message).toBe(
    `Version 4 of the DAG "sales" is pinned to the bundle ${WANTED}, but the folder ${folder} (GANTRY_BUNDLE_FOLDER) holds ${OTHER} (built by Gantry 0.1.0) of this DAG; deliver what "gantry dags build" makes of the DAG folder that the DAG processor reads, or, where the folder is ahead, let the DAG processor read the newer file and start a new run.`,
  );
  expect(fault.facts).toEqual({ expected: WANTED, found: [OTHER], version: 4, folder });
  expect(readdirSync(folder)).toEqual(['bundles.json']);
});

test('a delivered folder that does not know the DAG says so', () => {
  deliver();
  expect(faultOf().message).toContain('holds no bundle of this DAG;');
});

test('of many versions the newest are named, and the rest is counted', () => {
  deliver(...['a', 'b', 'c', 'd', 'e'].map((digit) => ({ dag_id: 'sales', digest: digit.repeat(64) })));
  const { message, facts } = faultOf();
  expect(message).toMatch(/holds c{64} .*, d{64} .*, e{64} .* and 2 more of this DAG/);
  expect(facts.found).toHaveLength(5);
});

test('a bundle that the index names and nobody can read is told apart from one that was never delivered', () => {
  deliver({ dag_id: 'sales', digest: WANTED });
  expect(faultOf().message).toContain(`names it, but ${WANTED}.mjs cannot be read there`);
});

test.each([
  ['no JSON', 'half of {'],
  ['JSON of another shape', '{"bundles": 7}'],
])('an index that is %s is refused, since what the folder holds is not known', (_what, text) => {
  writeFileSync(join(folder, 'bundles.json'), text);
  expect(faultOf().message).toContain('whose bundles.json cannot be read; build the folder anew');
});

test('an index that is a folder is refused in the same words', () => {
  mkdirSync(join(folder, 'bundles.json'));
  expect(faultOf().message).toContain('whose bundles.json cannot be read');
});

test('a folder without an index is a cache, which is filled', () => {
  expect(placeBundle(ANSWER, folder, null)).toEqual({
    path: join(folder, `${WANTED}.mjs`),
    bytes: CODE.length,
    ownFolder: null,
  });
  expect(readdirSync(folder)).toEqual([`${WANTED}.mjs`]);
});
