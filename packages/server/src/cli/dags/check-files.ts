import { readConfiguration } from '../../main/configuration.ts';
import { loadFile } from '../dag-test/load-file.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { faultText } from '../output/file-fault.ts';
import { printable } from '../output/printable.ts';
import { terminalOf } from '../output/terminal.ts';

/** Loads each file as the DAG processor would. The exit code is 1 when one of them cannot be used. */
export async function checkFiles(files: readonly string[], options: { readonly dagsFolder?: string }): Promise<number> {
  const configuration = readConfiguration(process.env);
  const { write, colors } = terminalOf(process.stdout);
  let failed = 0;
  for (const file of files) {
    const loaded = await loadFile(configuration, file, options.dagsFolder ?? null);
    if (loaded.kind === 'failure') {
      failed += 1;
      write(`${colors.red('error')}  ${printable(faultText(loaded))}\n`);
      continue;
    }
    const dags = loaded.dags.map(
      ({ dagId, tasks }) => `${dagId} (${tasks.length === 1 ? '1 task' : `${tasks.length} tasks`})`,
    );
    write(`${colors.green('good')}   ${file}: ${dags.length === 0 ? 'defines no DAG' : dags.join(', ')}\n`);
  }
  return failed === 0 ? EXIT_CODES.success : EXIT_CODES.failed;
}
