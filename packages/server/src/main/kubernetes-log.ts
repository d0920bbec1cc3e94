import type { KubernetesEvents } from '../executors/kubernetes/kubernetes-events.ts';
import type { Log } from './process-log.ts';

/** What the Kubernetes executor tells, as log lines. */
export function logKubernetesEvents(log: Log): Partial<KubernetesEvents> {
  return {
    launched: (event) => log.debug(event, `Pod ${event.name} ${event.existed ? 'exists already' : 'is created'}.`),
    putOff: ({ sentence, ...event }) => log.info(event, sentence),
    removed: (event) => log.debug(event, `Pod ${event.name} is removed.`),
    setAside: ({ name, sentence }) => log.warn({ pod: name }, sentence),
    vanished: (event) => log.warn(event, `Pod ${event.name} is gone though its attempt is open.`),
    lead: (event) =>
      log.info(
        event,
        event.epoch === null
          ? `The watch ${event.watchId} is led by another scheduler.`
          : `This scheduler leads the watch ${event.watchId}.`,
      ),
    alarm: ({ sentence }) => log.error(sentence),
    trouble: ({ what, error }) => log.warn({ err: error }, what),
  };
}
