import type { PreflightFinding } from '../../kube/preflight/preflight-finding.ts';
import { type Configuration, readConfiguration } from '../../main/configuration.ts';
import { PodPreviews } from '../../main/pod-previews.ts';
import { type Preflight, preflightDag } from '../../main/preflight.ts';
import { findDag } from '../dags/find-dag.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { printData } from '../output/print-data.ts';
import { printable } from '../output/printable.ts';
import { type Terminal, terminalOf } from '../output/terminal.ts';
import { UsageError } from '../usage-error.ts';

const SHOWN_TASKS = 3;

/**
 * Asks the cluster about the pods of a DAG and prints `level task path: sentence` for each finding; nothing is created.
 * The exit code is 0 when nothing is an error, else 1.
 */
export async function preflight(
  dag: string,
  options: { readonly output: string },
  configuration: Configuration = readConfiguration(process.env),
  terminal: Terminal = terminalOf(process.stdout),
): Promise<number> {
  if (options.output !== 'text' && options.output !== 'json')
    throw new UsageError(`--output: found "${options.output}", expected text or json.`);
  const { spec } = await findDag(configuration, dag);
  const answer = await preflightDag(configuration, await PodPreviews.open(configuration), spec);
  if (options.output === 'json') await printData(terminal, 'json', answer.findings);
  else printFindings(terminal, spec.dagId, answer);
  return answer.findings.some(({ level }) => level === 'error') ? EXIT_CODES.failed : EXIT_CODES.success;
}

function printFindings({ write, colors }: Terminal, dagId: string, { tasks, pods, findings }: Preflight): void {
  const paints = { error: colors.red, warning: colors.yellow, unchecked: colors.dim };
  for (const finding of findings) {
    const { level, path, sentence, source } = finding;
    const setBy = source === null ? '' : colors.dim(` Set by ${printable(source)}.`);
    const place = `${printable(tasksText(finding))} ${printable(path)}`;
    write(`${paints[level](level)} ${place}: ${printable(sentence)}${setBy}\n`);
  }
  const count = (level: PreflightFinding['level']) => findings.filter((finding) => finding.level === level).length;
  const verdict = `${plural(count('error'), 'error')}, ${plural(count('warning'), 'warning')}, ${count('unchecked')} unchecked`;
  const asked = `${plural(tasks, 'task')} with ${plural(pods, 'distinct pod')}`;
  if (tasks === 0)
    write(`${printable(dagId)}: no task goes to the KubernetesExecutor, so there is no pod to ask about.\n`);
  else write(`${printable(dagId)}: ${asked}: ${verdict}. Nothing was created.\n`);
}

/** One word, so that a line can be cut at blanks. */
function tasksText({ tasks }: PreflightFinding): string {
  const more = tasks.length - SHOWN_TASKS;
  return [...tasks.slice(0, SHOWN_TASKS), ...(more > 0 ? [`+${more}`] : [])].join(',');
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
