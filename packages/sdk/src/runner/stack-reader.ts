import { readFileSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';

type Origin = { readonly originalSource?: string; readonly originalLine: number; readonly originalColumn: number };
type FindOrigin = (line: number, column: number) => Origin | object;

const FRAME = /^ +at /;
const MAP = /\n\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/;
/** By this, intake names the SDK's own sources in the map. */
const SDK_SOURCE = 'gantry:';
/** A frame in a file, and not in one of Node itself. */
const OF_AUTHOR = /^(?!.*[( ]node:).*:\d+:\d+\)?$/;

/**
 * Makes the stacks of a task readable: with the author's own places (`file:line:column`, relative to the DAG folder)
 * instead of the bundle's, without frames of Gantry, and without those of Node that called the author's first one. The
 * bundle's source map is read when the first stack needs it, so a task that does not fail pays nothing for it; a stack
 * that cannot be mapped stays as it is.
 */
export class StackReader {
  readonly #workerFile: string;
  #bundlePath: string | null = null;
  /** Undefined until it is needed, null when there is none. */
  #findOrigin: FindOrigin | null | undefined;

  constructor(workerFile: string) {
    this.#workerFile = workerFile;
  }

  /** From now on, stacks lead into this bundle. */
  setBundle(bundlePath: string): void {
    this.#bundlePath = bundlePath;
  }

  read(stack: string): string {
    const lines = stack.split('\n');
    const start = lines.findIndex((line) => FRAME.test(line));
    if (start < 0) return stack;
    const frames = this.#map(withoutWorker(lines.slice(start), this.#workerFile));
    const last = frames.findLastIndex((frame) => OF_AUTHOR.test(frame));
    return [...lines.slice(0, start), ...(last < 0 ? frames : frames.slice(0, last + 1))].join('\n');
  }

  #map(frames: readonly string[]): readonly string[] {
    if (this.#bundlePath === null) return frames;
    const name = basename(this.#bundlePath);
    if (!frames.some((frame) => frame.includes(name))) return frames;
    if (this.#findOrigin === undefined) this.#findOrigin = readMap(this.#bundlePath);
    const findOrigin = this.#findOrigin;
    if (findOrigin === null) return frames;
    // Only the name counts: the folder may be reached by another path.
    const place = new RegExp(`[^\\s()]*${name.replaceAll('.', '\\.')}:(\\d+):(\\d+)`);
    return frames.map((frame) => mapFrame(frame, place, findOrigin)).filter((frame) => frame !== null);
  }
}

function withoutWorker(frames: readonly string[], workerFile: string): readonly string[] {
  const names = [workerFile, realPathOf(workerFile)];
  return frames.filter((frame) => !names.some((name) => frame.includes(`${name}:`)));
}

/** Null for a frame of the SDK, or of what the bundler has put in. */
function mapFrame(frame: string, place: RegExp, findOrigin: FindOrigin): string | null {
  const found = place.exec(frame);
  if (found === null) return frame;
  // Lines and columns count from 1 in a stack, from 0 in a map.
  const origin = findOrigin(Number(found[1]) - 1, Number(found[2]) - 1);
  if (!('originalSource' in origin) || !origin.originalSource) return null;
  if (origin.originalSource.startsWith(SDK_SOURCE)) return null;
  return frame.replace(found[0], `${origin.originalSource}:${origin.originalLine + 1}:${origin.originalColumn + 1}`);
}

/** Null when the bundle has no map, or it cannot be read. */
function readMap(bundlePath: string): FindOrigin | null {
  try {
    const code = readFileSync(bundlePath, 'utf8');
    const encoded = MAP.exec(code.slice(code.lastIndexOf('\n//#')))?.[1];
    if (encoded === undefined) return null;
    const { SourceMap } = process.getBuiltinModule('node:module');
    const map = new SourceMap(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')));
    return (line, column) => map.findEntry(line, column);
  } catch {
    return null;
  }
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
