import { CommanderError } from 'commander';
import { errorSentence } from './error-sentence.ts';
import { EXIT_CODES, exitCodeOf } from './exit-codes.ts';
import { terminalOf } from './output/terminal.ts';
import { buildProgram } from './program.ts';

/** Runs one command. Every error becomes one sentence on standard error and an exit code; `--debug` adds the stack. */
export async function runCli(argv: readonly string[]): Promise<void> {
  endQuietlyWhenNobodyReads();
  try {
    process.exitCode = EXIT_CODES.success;
    await buildProgram().parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      // Its sentence was printed by the program already.
      process.exitCode = error.exitCode === 0 ? EXIT_CODES.success : EXIT_CODES.refused;
      return;
    }
    tellError(error, argv.includes('--debug'));
    process.exitCode = exitCodeOf(error);
  }
}

function tellError(error: unknown, debug: boolean): void {
  const { write, colors } = terminalOf(process.stderr);
  write(`${colors.red('gantry:')} ${errorSentence(error)}\n`);
  if (!debug) return;
  for (let cause = error; cause instanceof Error; cause = cause.cause) write(`${colors.dim(String(cause.stack))}\n`);
}

/**
 * `gantry dags list | head` is no error: the reader has what it wanted. A command that runs on and has something to stop
 * is ended as by SIGTERM, also when its terminal was closed.
 */
function endQuietlyWhenNobodyReads(): void {
  let ending = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
      if (ending) return;
      ending = true;
      if (process.listenerCount('SIGTERM') === 0) process.exit(EXIT_CODES.success);
      process.kill(process.pid, 'SIGTERM');
    });
  }
}
