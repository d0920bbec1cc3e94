/** The environment for a process that runs user code: without Gantry's own options, some of which are secret. */
export function childEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith('GANTRY__') && !REFUSED.has(name)),
  );
}

/** Options of Node for the server's own process; `--inspect` or `--require` must not reach user code. */
const REFUSED: ReadonlySet<string> = new Set(['NODE_OPTIONS', 'NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE']);
