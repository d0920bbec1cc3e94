import { terminalOf } from '../output/terminal.ts';
import { connect } from '../rest/connect.ts';

interface OriginBody {
  readonly source: string | null;
  readonly steps: readonly { readonly source: string; readonly has: boolean }[];
}

/** Tells where the API server looks for a variable or connection, and which source gives it. */
export async function explainOrigin(path: string): Promise<void> {
  const { source, steps } = await connect().send<OriginBody>(path);
  const { write } = terminalOf(process.stdout);
  for (const step of steps) {
    const what = !step.has ? 'does not have it' : step.source === source ? 'gives it' : 'has it too, and is not asked';
    write(`${step.source} ${what}\n`);
  }
  write('(A task looks in its own environment before.)\n');
}
