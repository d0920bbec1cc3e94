// npm start: everything on this machine, with the first example. `npm start -- --once` ends with the run's outcome.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, install, requireNode, root } from './set-up.mjs';

requireNode();
if (!install() || !build()) {
  process.exit(2);
}
process.env.GANTRY_HOME ??= join(root, '.gantry');
const program = join(root, 'packages/server/bin/gantry.mjs');
process.argv = [process.execPath, program, 'standalone', '--example', ...process.argv.slice(2)];
await import(pathToFileURL(program).href);
