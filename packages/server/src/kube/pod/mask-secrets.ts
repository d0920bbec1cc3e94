import { type JsonObject, WORKER_ENVIRONMENT } from '@gantry/sdk/model';
import { isJsonList, isJsonObject, ownField } from './json-shape.ts';
import type { PodOrigin } from './pod-layer.ts';

/** What stands in the place of a secret. */
export const MASK = '***';

/** Words that make a variable's name a secret's. Airflow: DEFAULT_SENSITIVE_FIELDS. */
const SENSITIVE =
  /access_?key|access_?token|api_?key|apikey|authorization|credential|keyfile_?(dict|json)|pass(phrase|wd|word)|private_?key|secret|service_?account|token/i;

/** Name a file or an id and no secret. */
const OWN_VARIABLES: ReadonlySet<string> = new Set(Object.values(WORKER_ENVIRONMENT));

/** True for the name of a variable whose value is not shown. */
export function looksSecret(name: string): boolean {
  return SENSITIVE.test(name);
}

/**
 * A pod and its origins without the literal values of variables that look secret. They ought to come from a Secret
 * (`valueFrom`), which holds no value in the pod; what was written out all the same is not written down once more.
 * Gantry's own variables stay.
 */
export function maskSecrets(
  pod: JsonObject,
  origins: readonly PodOrigin[],
): { readonly pod: JsonObject; readonly origins: readonly PodOrigin[] } {
  const masked = new Set<string>();
  const spec = ownField(pod, 'spec');
  if (!isJsonObject(spec)) return { pod, origins };
  const changed: { [field: string]: JsonObject[] } = {};
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    const containers = ownField(spec, list);
    if (!isJsonList(containers)) continue;
    changed[list] = containers
      .filter(isJsonObject)
      .map((container, index) => maskContainer(container, `spec.${list}[${index}]`, masked));
  }
  if (masked.size === 0) return { pod, origins };
  return {
    pod: { ...pod, spec: { ...spec, ...changed } },
    origins: origins.map((origin) =>
      masked.has(origin.path) && origin.replaced !== undefined ? { ...origin, replaced: MASK } : origin,
    ),
  };
}

function maskContainer(container: JsonObject, path: string, masked: Set<string>): JsonObject {
  const env = ownField(container, 'env');
  if (!isJsonList(env)) return container;
  return {
    ...container,
    env: env.map((variable, index) => {
      if (!isJsonObject(variable) || typeof variable.name !== 'string') return variable;
      if (typeof variable.value !== 'string' || OWN_VARIABLES.has(variable.name) || !looksSecret(variable.name))
        return variable;
      masked.add(`${path}.env[${index}].value`);
      return { ...variable, value: MASK };
    }),
  };
}
