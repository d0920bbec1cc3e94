import { SourceMap } from 'node:module';
import { SDK_NAMESPACE } from './bundle-plugin.ts';
import type { SourcePlace } from './import-failure.ts';

const MAP = /\n\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/;

/**
 * The first place of a stack that is in the user's own source: not in the SDK, and not in a package unless there is
 * nothing else. `bundleName` is the file name of the bundle in the stack.
 */
export function placeInStack(stack: string, code: string, bundleName: string): SourcePlace | null {
  const map = sourceMapOf(code);
  if (map === null) return null;
  const places = [...stack.matchAll(/([^\s()/\\]+):(\d+):(\d+)\)?$/gm)]
    .filter(([, name]) => name === bundleName)
    .map(([, , line, column]) => original(map, Number(line), Number(column)))
    .filter((place) => place !== null)
    .filter((place) => !place.file.startsWith(`${SDK_NAMESPACE}:`));
  return places.find(({ file }) => !file.includes('node_modules/')) ?? places[0] ?? null;
}

function sourceMapOf(code: string): SourceMap | null {
  const encoded = MAP.exec(code.slice(code.lastIndexOf('\n//#')))?.[1];
  return encoded === undefined ? null : new SourceMap(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')));
}

/** Lines and columns count from 1 in a stack, from 0 in a map. */
function original(map: SourceMap, line: number, column: number): SourcePlace | null {
  const entry = map.findEntry(line - 1, column - 1);
  if (!('originalSource' in entry) || entry.originalSource === undefined) return null;
  return { file: entry.originalSource, line: entry.originalLine + 1, position: entry.originalColumn + 1 };
}
