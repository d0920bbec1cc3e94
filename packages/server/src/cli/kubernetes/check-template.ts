import { readFile } from 'node:fs/promises';
import { readPodTemplate, tellProblem } from '../../kube/pod/pod-template.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { printData } from '../output/print-data.ts';
import { printable } from '../output/printable.ts';
import { type Terminal, terminalOf } from '../output/terminal.ts';
import { UsageError } from '../usage-error.ts';

export interface CheckTemplateOptions {
  readonly strict?: true;
  readonly output: string;
}

/** One thing that is wrong or odd about a file, as data. */
interface Finding {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly level: 'error' | 'warning';
  readonly path: string;
  readonly sentence: string;
}

/**
 * Checks pod templates by the rules that the executor checks them by and prints `FILE:LINE:COLUMN level path: sentence`.
 * The exit code is 0 when every file can be used, warnings or not, else 1.
 */
export async function checkTemplates(
  files: readonly string[],
  options: CheckTemplateOptions,
  terminal: Terminal = terminalOf(process.stdout),
): Promise<number> {
  if (options.output !== 'text' && options.output !== 'json')
    throw new UsageError(`--output: found "${options.output}", expected text or json.`);
  const findings = (await Promise.all(files.map((file) => check(file, options.strict === true)))).flat();
  const bad = new Set(findings.filter(({ level }) => level === 'error').map(({ file }) => file));
  if (options.output === 'json') await printData(terminal, 'json', findings);
  else printFindings(terminal, files, findings);
  return bad.size === 0 ? EXIT_CODES.success : EXIT_CODES.failed;
}

function printFindings({ write, colors }: Terminal, files: readonly string[], findings: readonly Finding[]): void {
  for (const finding of findings) {
    const { level } = finding;
    const { place, path, sentence } = tellProblem({ ...finding, severity: level }, finding.file);
    const paint = level === 'error' ? colors.red : colors.yellow;
    write(`${printable(place)} ${paint(level)} ${printable(path)}: ${printable(sentence)}\n`);
  }
  const said = new Set(findings.map(({ file }) => file));
  for (const file of files) if (!said.has(file)) write(`${printable(file)} ${colors.green('good')}\n`);
}

async function check(file: string, strict: boolean): Promise<Finding[]> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return [{ file, line: null, column: null, level: 'error', path: '', sentence: unreadable(error) }];
  }
  return readPodTemplate(bytes, file, strict).problems.map(({ severity, ...problem }) => ({
    file,
    line: problem.line,
    column: problem.column,
    level: severity,
    path: problem.path,
    sentence: problem.sentence,
  }));
}

function unreadable(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? 'unknown';
  if (code === 'ENOENT') return 'There is no such file; expected a YAML file with one Pod.';
  if (code === 'EISDIR') return 'It is a folder; name the files in it, for instance FOLDER/*.yaml.';
  return `The file cannot be read (${code}).`;
}
