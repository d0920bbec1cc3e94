// npm run bench -- NAME: builds when needed, then runs bench/NAME.mjs, which prints one line of JSON a figure.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const PARTS = [
  'bare-client',
  'cluster-under-test',
  'control-plane',
  'figures',
  'new-connections',
  'watch-pod',
  'watch-server',
];
const names = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => file.slice(0, -4))
  .filter((name) => !PARTS.includes(name));
const [name, ...rest] = process.argv.slice(2);
if (name === undefined || !names.includes(name)) {
  console.error(`${name === undefined ? 'Which bench' : `There is no bench ${name}`}? One of: ${names.join(', ')}.`);
  process.exit(2);
}
if (!existsSync(join(root, 'packages/server/dist/main'))) {
  spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' });
}
const ran = spawnSync(process.execPath, [join('bench', `${name}.mjs`), ...rest], { cwd: root, stdio: 'inherit' });
process.exit(ran.status ?? 1);
