import type { Clock, Order } from '@gantry/sdk/model';
import { BUILT_IN_TEMPLATE } from '../../kube/pod/built-in-template.ts';
import { CompiledPods } from '../../kube/pod/compile-pod.ts';
import type { PodBuildLayers } from '../../kube/pod/pod-layer.ts';
import { podNamespace } from '../../kube/pod/pod-namespace.ts';
import { PodTemplateFiles } from '../../kube/pod/pod-template-file.ts';
import type { KubernetesEvents } from './kubernetes-events.ts';
import type { KubernetesExecutorOptions } from './kubernetes-options.ts';

/** Where a pod is created, and what it is called there. */
export interface PodAddress {
  readonly namespace: string;
  readonly name: string;
}

/** The pods of orders as text, by the configured layers. */
export class OrderPods {
  readonly #options: KubernetesExecutorOptions;
  readonly #templates: PodTemplateFiles;
  readonly #compiled = new CompiledPods();
  readonly #warned = new Set<string>();
  readonly #events: Partial<KubernetesEvents>;

  constructor(options: KubernetesExecutorOptions, clock: Clock, events: Partial<KubernetesEvents>) {
    this.#options = options;
    this.#events = events;
    const kept = (sentence: string) => events.alarm?.({ sentence });
    this.#templates = new PodTemplateFiles({
      dagsFolder: options.dagsFolder,
      clock,
      kept,
      strictSchema: options.strictSchema,
    });
  }

  /** The order's pod. Throws GantryError `template_invalid` or `override_invalid`. */
  async render(order: Order): Promise<PodAddress & { readonly body: string }> {
    const layers = await this.layers(order);
    this.#warn(layers);
    return { ...this.#compiled.for(order, layers).render(order), namespace: podNamespace(order, layers) };
  }

  /** What `buildPod` is given for the order, for previews. */
  async layers(order: Order): Promise<PodBuildLayers> {
    const options = this.#options;
    const file = order.layers.templateFile ?? options.podTemplateFile;
    const { workerContainerRepository: repository, workerContainerTag: tag } = options;
    return {
      deploymentId: options.deploymentId,
      namespace: options.namespace,
      executionApiUrl: options.executionApiUrl,
      template: file === null ? BUILT_IN_TEMPLATE : await this.#templates.get(file),
      workerImage: repository !== null && tag !== null ? `${repository}:${tag}` : null,
      namespaces: options.namespaces,
      hook: options.hook,
      policy: options.policy,
    };
  }

  /** Tells the oddities of each version of a template once. */
  #warn({ template }: PodBuildLayers): void {
    if (template.warnings.length === 0 || this.#warned.has(template.version)) return;
    this.#warned.add(template.version);
    for (const sentence of template.warnings) this.#events.alarm?.({ sentence });
  }
}
