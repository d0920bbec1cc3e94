import type { Clock, Order } from '@gantry/sdk/model';
import { BUILT_IN_TEMPLATE } from '../../kube/pod/built-in-template.ts';
import { type CompiledPod, CompiledPods } from '../../kube/pod/compile-pod.ts';
import type { PodBuildLayers } from '../../kube/pod/pod-layer.ts';
import { podNamespace } from '../../kube/pod/pod-namespace.ts';
import { PodTemplateFiles } from '../../kube/pod/pod-template-file.ts';
import type { AttemptLedger } from '../executor.ts';
import type { KubernetesEvents } from './kubernetes-events.ts';
import type { KubernetesExecutorOptions } from './kubernetes-options.ts';
import { ShapeKeeper } from './shape-keeper.ts';

/** Where a pod is created, and what it is called there. */
export interface PodAddress {
  readonly namespace: string;
  readonly name: string;
}

/** A pod ready to be created. */
export interface RenderedPod extends PodAddress {
  readonly body: string;
  /** Digest of the shape it was made of; null when it has none. */
  readonly podShape: string | null;
}

export interface OrderPodsParts {
  readonly options: KubernetesExecutorOptions;
  readonly clock: Clock;
  readonly events?: Partial<KubernetesEvents>;
  /** Keeps the shapes of pods; left out by previews. */
  readonly ledger?: Pick<AttemptLedger, 'storePodShapes'>;
}

/** Oddities of which it is remembered that they were told. */
const MOST_REMEMBERED = 10_000;

/** The pods of orders as text, by the configured layers. */
export class OrderPods {
  readonly #options: KubernetesExecutorOptions;
  readonly #templates: PodTemplateFiles;
  readonly #compiled = new CompiledPods();
  readonly #warned = new Set<string>();
  readonly #events: Partial<KubernetesEvents>;
  readonly #shapes: ShapeKeeper | null;

  constructor({ options, clock, events = {}, ledger }: OrderPodsParts) {
    this.#options = options;
    this.#events = events;
    this.#shapes = ledger === undefined ? null : new ShapeKeeper(ledger, events);
    const kept = (sentence: string) => events.alarm?.({ sentence });
    this.#templates = new PodTemplateFiles({
      dagsFolder: options.dagsFolder,
      clock,
      kept,
      strictSchema: options.strictSchema,
    });
  }

  /** The order's pod. Throws GantryError `template_invalid`, `override_invalid`, `hook_failed` or `policy_breach`. */
  async render(order: Order): Promise<RenderedPod> {
    const layers = await this.layers(order);
    const compiled = this.#compiled.for(order, layers);
    this.#warn(compiled);
    if (compiled.shape !== null) await this.#shapes?.keep(compiled.shape);
    const podShape = compiled.shape?.digest ?? null;
    return { ...compiled.render(order), namespace: podNamespace(order, layers), podShape };
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

  /** Tells each oddity once. */
  #warn({ warnings }: CompiledPod): void {
    for (const sentence of warnings) {
      if (this.#warned.has(sentence)) continue;
      if (this.#warned.size >= MOST_REMEMBERED) this.#warned.clear();
      this.#warned.add(sentence);
      this.#events.alarm?.({ sentence });
    }
  }
}
