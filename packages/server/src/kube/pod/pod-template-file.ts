import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { type Clock, GantryError } from '@gantry/sdk/model';
import type { PodTemplate } from './pod-layer.ts';
import { parsePodTemplate } from './pod-template.ts';

/** How long a look at the file is good for, so that a burst of launches asks the file system once. */
const LOOK_MILLISECONDS = 1000;

interface Remembered {
  lookedAt: number;
  /** Size, times and inode: what tells that the file is another one, a swapped symlink included. */
  fingerprint: string | null;
  template: PodTemplate | null;
  /** Why the present file cannot be used; null when it can. */
  error: GantryError | null;
}

export interface PodTemplateFilesOptions {
  /** Folder that a relative path starts from: the DAG folder. */
  readonly dagsFolder: string;
  readonly clock: Clock;
  /** `strict_pod_schema`: unknown fields are errors. Default false. */
  readonly strictSchema?: boolean;
  /** Told once per change that broke a template which was good before. */
  readonly kept?: (sentence: string) => void;
}

/**
 * Pod templates by path, read and parsed once per change of the file. When a change breaks a template, the last good
 * one stays in use; a template that was never good throws `template_invalid`.
 */
export class PodTemplateFiles {
  readonly #options: PodTemplateFilesOptions;
  readonly #files = new Map<string, Remembered>();

  constructor(options: PodTemplateFilesOptions) {
    this.#options = options;
  }

  /** The template at `path`, as it is now or was within the last second. */
  async get(path: string): Promise<PodTemplate> {
    const file = isAbsolute(path) ? path : join(this.#options.dagsFolder, path);
    const now = this.#options.clock.monotonic();
    let remembered = this.#files.get(file);
    if (remembered === undefined) {
      remembered = { lookedAt: Number.NEGATIVE_INFINITY, fingerprint: null, template: null, error: null };
      this.#files.set(file, remembered);
    }
    if (now - remembered.lookedAt >= LOOK_MILLISECONDS) {
      await this.#look(file, remembered);
      remembered.lookedAt = now;
    }
    if (remembered.template !== null) return remembered.template;
    throw remembered.error ?? new GantryError('template_invalid', `${file} cannot be read.`);
  }

  async #look(file: string, remembered: Remembered): Promise<void> {
    const fingerprint = await fingerprintOf(file);
    if (fingerprint !== null && fingerprint === remembered.fingerprint) return;
    const failedBefore = remembered.error?.message;
    try {
      remembered.template = parsePodTemplate(await readFile(file), file, this.#options.strictSchema ?? false);
      remembered.error = null;
    } catch (caught) {
      // What is neither the file's nor the system's fault is ours, and must not pass for an unreadable file.
      if (!(caught instanceof GantryError) && !isSystemError(caught)) throw caught;
      remembered.error = caught instanceof GantryError ? caught : unreadable(file, caught);
      const news = remembered.error.message !== failedBefore;
      if (news && remembered.template !== null) {
        this.#options.kept?.(`${remembered.error.message} The last good version stays in use.`);
      }
    }
    remembered.fingerprint = fingerprint;
  }
}

async function fingerprintOf(file: string): Promise<string | null> {
  try {
    const { mtimeMs, ctimeMs, size, ino, dev } = await stat(file);
    return [mtimeMs, ctimeMs, size, ino, dev].join(' ');
  } catch {
    return null;
  }
}

function isSystemError(caught: unknown): boolean {
  return typeof (caught as NodeJS.ErrnoException | null)?.code === 'string';
}

function unreadable(file: string, caught: unknown): GantryError {
  const code = (caught as NodeJS.ErrnoException | null)?.code ?? 'unknown';
  const reasons: { readonly [code: string]: string } = {
    ENOENT: 'does not exist',
    EACCES: 'may not be read by this user',
    EISDIR: 'is a folder',
  };
  const reason = reasons[code] ?? `cannot be read (${code})`;
  return new GantryError('template_invalid', `The pod template ${file} ${reason}; expected a YAML file with one Pod.`);
}
