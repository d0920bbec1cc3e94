import { readFile } from 'node:fs/promises';
import { GantryError, type JsonObject } from '@gantry/sdk/model';
import { isJsonObject } from '../../kube/pod/json-shape.ts';
import { readPodDocument } from '../../kube/pod/pod-document.ts';
import { problemLine } from '../../kube/pod/pod-template.ts';
import { strategicMerge } from '../../kube/pod/strategic-merge.ts';
import { printData } from '../output/print-data.ts';
import { terminalOf } from '../output/terminal.ts';
import { UsageError } from '../usage-error.ts';

/** Of standard input; files are bounded by `readPodDocument`. */
const MOST_BYTES = 2 * 1024 * 1024;

/** Prints the merge of two pods, or parts of pods, as the executor merges layers: YAML or JSON files, `-` for standard input. */
export async function mergePods(base: string, override: string, options: { readonly output: string }): Promise<void> {
  const { output } = options;
  if (output !== 'yaml' && output !== 'json')
    throw new UsageError(`--output: found "${output}", expected yaml or json.`);
  if (base === '-' && override === '-') throw new UsageError('Only one of the two can come from standard input.');
  const merged = strategicMerge(await readPart(base), await readPart(override), nameOf(override));
  await printData(terminalOf(process.stdout), output, merged);
}

const nameOf = (path: string): string => (path === '-' ? 'standard input' : path);

async function readPart(path: string): Promise<JsonObject> {
  const name = nameOf(path);
  const bytes =
    path === '-'
      ? await standardInput()
      : await readFile(path).catch((error: unknown) => {
          const reasons: { readonly [code: string]: string } = { ENOENT: 'does not exist', EISDIR: 'is a folder' };
          const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
          throw new GantryError(
            'template_invalid',
            `${path} ${reasons[code] ?? `cannot be read (${code})`}; expected a pod or a part of one, YAML or JSON.`,
          );
        });
  const { value, problems } = readPodDocument(bytes);
  const [problem] = problems;
  if (problem !== undefined) throw new GantryError('template_invalid', problemLine(problem, name));
  if (isJsonObject(value)) return value;
  const found = value === null ? 'empty' : Array.isArray(value) ? 'a list' : JSON.stringify(value);
  throw new GantryError('template_invalid', `${name} is ${found}; expected a pod or a part of one.`);
}

/** Ends a little over what `readPodDocument` takes, which then says so. */
async function standardInput(): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of process.stdin) {
    parts.push(part as Buffer);
    bytes += (part as Buffer).byteLength;
    if (bytes > MOST_BYTES) break;
  }
  return Buffer.concat(parts);
}
