import { type DagSpec, GantryError } from '@gantry/sdk/model';
import type { PreflightFinding } from '../kube/preflight/preflight-finding.ts';
import type { Configuration } from './configuration.ts';
import type { PodPreviews } from './pod-previews.ts';
import { preflightDag } from './preflight.ts';
import type { Log } from './process-log.ts';
import { systemClock } from './system-clock.ts';

/** So long no DAG waits for a cluster that has just not answered. */
const PAUSE_MILLISECONDS = 30_000;
const SHOWN_TASKS = 3;

/**
 * `[kubernetes_executor] preflight` for each DAG that is loaded: `warn` logs what the cluster says of its pods, `block`
 * returns what is an error and logs the rest. A cluster that does not answer holds up nothing: it is told once.
 */
export class PreflightAtLoad {
  readonly #configuration: Configuration;
  readonly #previews: PodPreviews;
  readonly #log: Log;
  readonly #signal: AbortSignal;
  #silentUntil = Number.NEGATIVE_INFINITY;
  #isToldSilent = false;

  constructor(configuration: Configuration, previews: PodPreviews, log: Log, signal: AbortSignal) {
    this.#configuration = configuration;
    this.#previews = previews;
    this.#log = log;
    this.#signal = signal;
  }

  /** What keeps the DAG from being stored, in sentences: pods that cannot be built, and with `block` what is refused. */
  async check(spec: DagSpec): Promise<readonly string[]> {
    const mode = this.#configuration.config.kubernetes_executor.preflight;
    const wrong = await this.#previews.check(spec);
    if (wrong.length > 0 || mode === 'off' || systemClock.monotonic() < this.#silentUntil) return wrong;
    const blocking: string[] = [];
    for (const finding of await this.#ask(spec)) {
      const sentence = `DAG ${spec.dagId}, ${findingText(finding)}`;
      if (mode === 'block' && finding.level === 'error') blocking.push(sentence);
      else this.#tell(spec, finding, sentence);
    }
    return blocking;
  }

  async #ask(spec: DagSpec): Promise<readonly PreflightFinding[]> {
    try {
      const { findings, pods } = await preflightDag(this.#configuration, this.#previews, spec, this.#signal);
      if (pods > 0) this.#isToldSilent = false;
      return findings;
    } catch (error) {
      if (!(error instanceof GantryError)) throw error;
      this.#silentUntil = systemClock.monotonic() + PAUSE_MILLISECONDS;
      if (!this.#isToldSilent && !this.#signal.aborted)
        this.#log.warn(`DAGs are loaded without preflight until the cluster answers: ${error.message}`);
      this.#isToldSilent = true;
      return [];
    }
  }

  #tell(spec: DagSpec, { level, tasks, path, namespace }: PreflightFinding, sentence: string): void {
    const facts = { dag: spec.dagId, tasks, namespace, path };
    if (level === 'unchecked') this.#log.info(facts, `Preflight: ${sentence}`);
    else this.#log.warn(facts, `Preflight: ${sentence}`);
  }
}

function findingText({ tasks, path, sentence, source }: PreflightFinding): string {
  const more = tasks.length - SHOWN_TASKS;
  const names = [...tasks.slice(0, SHOWN_TASKS), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  const setBy = source === null ? '' : ` Set by ${source}.`;
  return `${tasks.length === 1 ? 'task' : 'tasks'} ${names}: ${path}: ${sentence}${setBy}`;
}
