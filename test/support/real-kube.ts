/**
 * The kubeconfig of a real Kubernetes API that tests may use (GANTRY_TEST_KUBECONFIG); null, with a printed reason, when
 * none is named. An API server alone is enough: nothing needs a node.
 */
export function realKubeconfig(what: string): string | null {
  const path = process.env.GANTRY_TEST_KUBECONFIG;
  if (path) return path;
  console.log(`Skipped: ${what}, since GANTRY_TEST_KUBECONFIG is not set.`);
  return null;
}
