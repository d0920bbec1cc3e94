import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';
import { authorSource, SDK_IMPORT } from './author-source.ts';
import { OwnPaths } from './own-paths.ts';

/** Marks a resolution that this plugin asked for itself. */
const ASKED = Symbol('asked');
export const SDK_NAMESPACE = 'gantry';

/** The SDK from the running copy, everything else from where the DAG folder finds it. */
export function bundlePlugin(folder: string): Plugin {
  return {
    name: 'gantry',
    setup(build) {
      const own = new OwnPaths(folder);
      build.onResolve({ filter: SDK_IMPORT }, ({ path }) => ({ path, namespace: SDK_NAMESPACE, sideEffects: false }));
      build.onLoad({ filter: /.*/, namespace: SDK_NAMESPACE }, async ({ path }) => ({
        contents: await authorSource(path),
        loader: 'js',
      }));
      build.onResolve({ filter: /.*/, namespace: 'file' }, (asked) => resolveFile(build, own, asked));
    },
  };
}

async function resolveFile(build: PluginBuild, own: OwnPaths, asked: OnResolveArgs): Promise<OnResolveResult | null> {
  if (asked.pluginData === ASKED) return null;
  if (asked.kind === 'entry-point') return { path: asked.path };
  const { importer, resolveDir, kind, with: attributes } = asked;
  const found = await build.resolve(asked.path, { importer, resolveDir, kind, with: attributes, pluginData: ASKED });
  if (found.errors.length > 0) return { errors: found.errors, warnings: found.warnings };
  if (found.external || found.namespace !== 'file') return found;
  return { ...found, path: own.shown(found.path, asked.path, resolveDir), pluginData: undefined };
}
