import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GantryError, type JsonObject } from '@gantry/sdk/model';
import type { PodHook, PodHookFacts, PodNamespaces, PodPolicy } from '../kube/pod/pod-layer.ts';
import type { Config } from './config/config.ts';
import type { Configuration } from './configuration.ts';

/** What the site says about every pod, for the executor and for every preview alike. */
export interface PodRules {
  readonly namespaces: PodNamespaces;
  readonly hook: PodHook | null;
  readonly policy: PodPolicy;
  readonly strictSchema: boolean;
}

/** Reads the rules and loads the hook. Throws `configuration_invalid` when the hook's module cannot be used. */
export async function readPodRules({ config, home }: Configuration): Promise<PodRules> {
  const options = config.kubernetes_executor;
  return {
    namespaces: podNamespaces(options),
    hook: options.pod_mutation_hook === '' ? null : await loadHook(options.pod_mutation_hook, home),
    policy: options.pod_policy,
    strictSchema: options.strict_pod_schema,
  };
}

/** `multi_namespace_mode` and its list. */
export function podNamespaces(options: Config['kubernetes_executor']): PodNamespaces {
  const { multi_namespace_mode: several, multi_namespace_mode_namespace_list: names } = options;
  if (!several) return { kind: 'one' };
  return names.length === 0 ? { kind: 'any' } : { kind: 'listed', names };
}

/** The operator's own module, not a user's: it runs where the scheduler runs, as Airflow's pod_mutation_hook does. */
async function loadHook(path: string, home: string): Promise<PodHook> {
  const file = isAbsolute(path) ? path : resolve(home, path);
  const refuse = (what: string): never => {
    throw new GantryError('configuration_invalid', `[kubernetes_executor] pod_mutation_hook: ${file} ${what}`);
  };
  const module: { podMutationHook?: unknown } = await import(pathToFileURL(file).href).catch((error: unknown) =>
    refuse(`cannot be loaded: ${error instanceof Error ? error.message : String(error)}`),
  );
  const change = module.podMutationHook;
  if (typeof change !== 'function') return refuse('exports no function podMutationHook; expected one.');
  return { source: file, change: change as (pod: JsonObject, about: PodHookFacts) => JsonObject };
}
