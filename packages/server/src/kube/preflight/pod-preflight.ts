import type { JsonObject } from '@gantry/sdk/model';
import type { DryRunAnswer, DryRunOptions } from '../dry-run-answer.ts';
import type { KubeClient } from '../kube-client.ts';
import { KubeError, type KubeErrorKind } from '../kube-error.ts';
import type { DistinctPod } from './distinct-pods.ts';
import { objectIn } from './json-fields.ts';
import { LookUps } from './look-up.ts';
import { fitRemarks, listNodeSizes, type NodeSize } from './node-fit.ts';
import { podReferences, REFERENCES, type ReferenceKind } from './pod-references.ts';
import { podRequests } from './pod-requests.ts';
import { isMissingNamespace, refusalRemarks, unknownFieldRemarks } from './refusal-remarks.ts';
import type { Remark } from './remark.ts';

/** Says nothing about the pod: the cluster is not there, or does not talk to us. */
const NO_ANSWER: ReadonlySet<KubeErrorKind> = new Set(['unreachable', 'timeout', 'unauthorized', 'too_many', 'gone']);

/** Fields whose object admission demands, to be left out once it is known that there is none. */
const ADMISSION_FIELDS: { readonly [kind in ReferenceKind]?: readonly string[] } = {
  serviceAccount: ['serviceAccountName', 'serviceAccount'],
  priorityClass: ['priorityClassName'],
  runtimeClass: ['runtimeClassName'],
};

type DryRun =
  | { readonly kind: 'admitted'; readonly answer: DryRunAnswer }
  | { readonly kind: 'refused'; readonly error: KubeError };
type PreflightClient = Pick<KubeClient, 'dryRunPod' | 'getObject'>;

/**
 * Asks a cluster about pods without creating one: a server-side dry run, a look at everything they name, and whether a
 * node is large enough. Rejects with a KubeError when the cluster gives no answer, and when `signal` aborts.
 */
export class PodPreflight {
  readonly #client: PreflightClient;
  readonly #signal: AbortSignal;
  readonly #lookUps: LookUps;
  #nodes: Promise<readonly NodeSize[] | null> | null = null;

  constructor(client: PreflightClient, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
    this.#lookUps = new LookUps(client, signal);
  }

  async ask({ pod, namespace }: DistinctPod): Promise<readonly Remark[]> {
    const strict = await this.#dryRun(pod, namespace, 'Strict');
    const unknown = strict.kind === 'refused' ? unknownFieldRemarks(strict.error) : [];
    // Nothing but the fields was looked at then.
    const first = unknown.length === 0 ? strict : await this.#dryRun(pod, namespace, 'Ignore');
    if (first.kind === 'refused' && isMissingNamespace(first.error)) return refusalRemarks(first.error, namespace);
    const named = await this.#named(pod, namespace, first.kind === 'admitted');
    // Admission stops at the first object that is missing; without it the rest answers too.
    const last =
      named.missing.length === 0 ? first : await this.#dryRun(without(pod, named.missing), namespace, 'Ignore');
    const admitted = last.kind === 'admitted' ? last.answer : { pod, warnings: [] };
    return [
      ...unknown,
      ...named.remarks,
      ...(last.kind === 'refused' ? refusalRemarks(last.error, namespace) : []),
      ...admitted.warnings.map(
        (said): Remark => ({ level: 'warning', path: 'spec', sentence: `The cluster warns: ${said}.` }),
      ),
      ...(await this.#fit(admitted.pod)),
    ];
  }

  async #dryRun(
    pod: JsonObject,
    namespace: string,
    fieldValidation: DryRunOptions['fieldValidation'],
  ): Promise<DryRun> {
    try {
      const options = { fieldValidation, signal: this.#signal };
      return { kind: 'admitted', answer: await this.#client.dryRunPod(namespace, JSON.stringify(pod), options) };
    } catch (error) {
      if (!(error instanceof KubeError) || NO_ANSWER.has(error.kind)) throw error;
      // A webhook that fails is told with 500, and one that refuses may choose its code; any other failure of the server
      // says nothing about the pod.
      if (error.kind === 'server' && (error.status === null || error.status > 500)) throw error;
      return { kind: 'refused', error };
    }
  }

  /** What the pod names, and which fields admission will not pass for want of their object. */
  async #named(pod: JsonObject, namespace: string, isAdmitted: boolean) {
    const asked = podReferences(pod).filter(({ kind }) => !isAdmitted || !REFERENCES[kind].isAdmission);
    const answers = await Promise.all(asked.map((reference) => this.#lookUps.remarks(reference, namespace)));
    const missing = asked.flatMap(({ kind }, index) =>
      answers[index]?.some(({ level }) => level === 'error') ? (ADMISSION_FIELDS[kind] ?? []) : [],
    );
    return { remarks: answers.flat(), missing };
  }

  async #fit(pod: JsonObject): Promise<readonly Remark[]> {
    const selected = Object.keys(objectIn(objectIn(pod, 'spec'), 'nodeSelector'));
    if (podRequests(pod).size + selected.length === 0) return [];
    this.#nodes ??= listNodeSizes(this.#client, this.#signal);
    return fitRemarks(pod, await this.#nodes);
  }
}

function without(pod: JsonObject, fields: readonly string[]): JsonObject {
  const spec = Object.entries(objectIn(pod, 'spec')).filter(([name]) => !fields.includes(name));
  return { ...pod, spec: Object.fromEntries(spec) };
}
