/**
 * The environment for a process that loads user code: without Gantry's own variables, some of which are secret, without
 * the common names of database and cloud credentials of this server, and without options meant for its own Node.
 */
export function childEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !REFUSED.some((refused) => refused.test(name))),
  );
}

const REFUSED: readonly RegExp[] = [
  /^GANTRY_/,
  /^PG[A-Z]+$/,
  /^KUBECONFIG$/,
  /(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY(_ID)?|PRIVATE_?KEY|CREDENTIALS?)$/i,
  // `--inspect` or `--require` must not reach user code.
  /^NODE_(OPTIONS|CHANNEL_FD|CHANNEL_SERIALIZATION_MODE)$/,
];
