import type { AttemptFact } from '@gantry/sdk/model';
import type { Executor, FactSink } from '../../packages/server/src/executors/executor.ts';
import type { KubeClient } from '../../packages/server/src/kube/kube-client.ts';
import type { PlantedBug } from './planted-bug.ts';
import { hostSkew } from './scheduler-process.ts';
import { EPOCH } from './virtual-postgres.ts';

/** A bug of the list that the campaign must find, or why this design has no place for it and what stands in its stead. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'the version of the watch is saved before what it tells',
    seams: () => ({ executor: (executor) => withSink(executor, saveVersionFirst) }),
  },
  {
    name: 'a reset of the watch is not noticed',
    seams: () => ({ client: deafToResets }),
  },
  {
    name: 'an empty list is taken for the end of all pods',
    seams: () => ({ client: trustingEmptyLists }),
  },
  {
    name: 'a pod gets a random name',
    seams: (world) => ({
      client: (client) =>
        withMethods(client, {
          createPod: (namespace, body, ahead, ready) => {
            const pod = JSON.parse(body) as { metadata: { name: string } };
            pod.metadata.name += `-${world.between('random name', 0, 1e6)}`;
            return client.createPod(namespace, JSON.stringify(pod), ahead, ready);
          },
        }),
    }),
  },
  {
    name: 'a refused claim counts as a failure of the attempt',
    rewrite: () => (text, name) =>
      name === 'grant_claims'
        ? text.replace('), notified as materialized', `), ${COUNTED}, notified as materialized`)
        : text,
  },
  {
    name: 'a claim is granted to whoever comes from the same pod',
    rewrite: () => (text, name) =>
      name === 'grant_claims'
        ? text.replace('a.nonce = asked.nonce)', `a.place ->> 'uid' = asked.place ->> 'uid')`)
        : text,
  },
  {
    name: 'leases end by the clock of the scheduler',
    rewrite: (world, owner) => (text, name) =>
      name === 'expired_attempts'
        ? text.replaceAll(
            'clock_timestamp()',
            `'${new Date(EPOCH + world.now + hostSkew(world, owner)).toISOString()}'::timestamptz`,
          )
        : text,
  },
  {
    name: 'slots of attempts that wait for their pod are not counted',
    rewrite: () => (text, name) =>
      name === 'pool_use' ? text.replace("a.state in ('queued', 'running')", "a.state = 'running'") : text,
    insteadOf:
      'a slot is released twice: no counter of slots is kept, they are counted from the open attempts in the commit that takes more',
    patch: {
      name: 'commit_steps',
      change: (definition) =>
        definition.replace(
          "a.pool = asked.name and a.state in ('queued', 'running')",
          "a.pool = asked.name and a.state = 'running'",
        ),
    },
  },
  {
    name: 'a pod that succeeded is taken for a success of its worker',
    seams: () => ({ executor: (executor) => withSink(executor, trustSucceeded) }),
  },
  {
    name: 'a pod that is being deleted is taken over and its end is passed over',
    insteadOf:
      'a new attempt adopts the terminating pod of an old one: the name of a pod is made of its attempt, so no other attempt ever finds it',
    seams: () => ({ executor: (executor) => withSink(executor, passOverDeleted) }),
  },
  {
    name: 'notifications may be lost and nobody polls',
    seams: () => ({ pollMilliseconds: Number.MAX_SAFE_INTEGER / 4 }),
  },
];

const COUNTED = `counted as (
  insert into fact (run_key, attempt_id, kind, body)
  select a.run_key, a.id, 'ended', '{"place": null, "ending": {"provenDead": true, "failure":
    {"class": "user_error", "sentence": "Its claim was refused.", "retryable": true, "detail": {}}}}'::jsonb
  from attempt a join asked on asked.id = a.id
  where a.state in ('queued', 'running') and a.nonce <> asked.nonce returning 1)`;

type Record = FactSink['record'];

function withSink(executor: Executor, change: (record: Record) => Record): Executor {
  return {
    name: executor.name,
    evidenceSeconds: executor.evidenceSeconds,
    capacity: () => executor.capacity(),
    launch: (orders, openAt) => executor.launch(orders, openAt),
    stop: (requests) => executor.stop(requests),
    observe: (sink, signal) =>
      executor.observe({ record: change((facts, cursor) => sink.record(facts, cursor)) }, signal),
  };
}

function saveVersionFirst(record: Record): Record {
  return async (facts, cursor) => {
    if (cursor !== undefined) await record([], cursor);
    await record(facts);
  };
}

function trustSucceeded(record: Record): Record {
  const outcome = { kind: 'success', result: null, xcoms: {}, skip: null } as const;
  const trusting = (fact: AttemptFact): AttemptFact =>
    fact.kind === 'ended' && fact.ending.failure?.class === 'no_report'
      ? { kind: 'reported', attemptId: fact.attemptId, outcome }
      : fact;
  return (facts, cursor) => record(facts.map(trusting), cursor);
}

function passOverDeleted(record: Record): Record {
  const isDeletion = (fact: AttemptFact): boolean =>
    fact.kind === 'ended' && /deleted|vanished/.test(fact.ending.failure?.sentence ?? '');
  return (facts, cursor) =>
    record(
      facts.filter((fact) => !isDeletion(fact)),
      cursor,
    );
}

function withMethods(client: KubeClient, methods: Partial<KubeClient>): KubeClient {
  return new Proxy(client, {
    get(target, key) {
      const own = (methods as { readonly [name: string | symbol]: unknown })[key];
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function deafToResets(client: KubeClient): KubeClient {
  async function* deaf(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* stream;
    } catch {
      await new Promise(() => {});
    }
  }
  return withMethods(client, {
    watchPods: async (namespace, options) => deaf(await client.watchPods(namespace, options)),
  });
}

function trustingEmptyLists(client: KubeClient): KubeClient {
  let isEmpty = false;
  return withMethods(client, {
    listPods: async (namespace, options) => {
      const page = await client.listPods(namespace, options);
      isEmpty = page.pods.length === 0;
      return page;
    },
    getPod: async (namespace, name) => (isEmpty ? null : client.getPod(namespace, name)),
  });
}
