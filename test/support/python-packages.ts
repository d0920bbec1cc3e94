import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../house/source-files.ts';

/** Python with packages of its own, which other programs of this machine do not see. */
export interface PythonPackages {
  readonly program: string;
  readonly environment: NodeJS.ProcessEnv;
}

const PYTHON = 'python3';

/**
 * Python 3 with these packages (`name==version`), fetched once into the cache of node_modules. Null where Python or the
 * package index does not answer; the reason was printed then, and what needs them is left out.
 */
export function pythonPackages(requirements: readonly string[]): PythonPackages | null {
  const digest = createHash('sha256').update(requirements.join('\n')).digest('hex').slice(0, 16);
  const folder = join(ROOT, 'node_modules/.cache', `python-${digest}`);
  try {
    if (!existsSync(folder)) fetchInto(folder, requirements);
  } catch (error) {
    const { message } = error as Error;
    console.log(`Left out: what needs ${requirements.join(' and ')}: ${message.split('\n').slice(0, 3).join(' ')}`);
    return null;
  }
  const environment = { PATH: process.env.PATH, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' };
  return { program: PYTHON, environment };
}

/** The folder appears when all is in it, so that two test files may begin at the same time. */
function fetchInto(folder: string, requirements: readonly string[]): void {
  mkdirSync(join(ROOT, 'node_modules/.cache'), { recursive: true });
  const draft = mkdtempSync(join(ROOT, 'node_modules/.cache/python-draft-'));
  try {
    execFileSync(
      PYTHON,
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', draft, ...requirements],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: 300_000,
      },
    );
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
