import { branch, chain, dag, empty, FailWithoutRetry, group, shortCircuit, type TaskContext, task } from '@gantry/sdk';
import flights from 'vega-datasets/data/flights-2k.json' with { type: 'json' };

type Params = { readonly airport: string; readonly late_minutes: number; readonly flaky: boolean };

interface Airport {
  readonly airport: string;
  readonly flights: number;
  readonly meanDelay: number;
  readonly late: number;
}

/** Runs as a process beside the scheduler: it is over before a pod would have started. */
const select = task('select', { executor: 'LocalExecutor' }, (_, context: TaskContext<Params>) => {
  const { airport, late_minutes } = context.params;
  const own = flights.filter(({ origin }) => origin === airport);
  if (own.length === 0) throw new FailWithoutRetry(`No flight leaves ${airport}; try PHX, HOU or LAS.`);
  context.xcom.push('destinations', [...new Set(own.map(({ destination }) => destination))].sort());
  context.log.info('%d of %d flights leave %s.', own.length, flights.length, airport);
  const found: Airport = {
    airport,
    flights: own.length,
    meanDelay: Math.round((own.reduce((sum, { delay }) => sum + delay, 0) / own.length) * 10) / 10,
    late: own.filter(({ delay }) => delay > late_minutes).length,
  };
  return found;
});

const enough = shortCircuit('enough_flights', (airport: Airport, context) => {
  context.log.info('%d flights; fewer than 10 would say nothing.', airport.flights);
  return airport.flights >= 10;
});

const punctuality = branch('punctuality', async (airport: Airport, context) => {
  // A variable that nobody has set falls back to the default.
  const accepted = Number(await context.variables.get('accepted_mean_delay', '10'));
  context.log.info('The mean delay is %d minutes; up to %d is accepted.', airport.meanDelay, accepted);
  return airport.meanDelay <= accepted ? 'on_time.praise' : 'delayed';
});

const praise = task(
  'praise',
  (airport: Airport) => `${airport.airport} is on time: ${airport.meanDelay} minutes late on average.`,
);

const listDestinations = task('list_destinations', async (_, context) => {
  const destinations = await context.xcom.pull<readonly string[]>({ taskId: 'select', key: 'destinations' });
  context.log.info('Flies to %s.', destinations?.join(', '));
});

const worstFlights = task('worst_flights', (_, context: TaskContext<Params>) => {
  const own = flights.filter(({ origin }) => origin === context.params.airport);
  const worst = [...own].sort((one, other) => other.delay - one.delay).slice(0, 3);
  for (const { date, destination, delay } of worst)
    context.log.info('%s to %s: %d minutes late', date, destination, delay);
  return worst;
});

/** Fails on its first two tries when the param `flaky` is set, to show retries and their growing waits. */
const callService = task(
  'call_service',
  { retries: 3, retryDelay: '1s', retryExponentialBackoff: 2, maxRetryDelay: '10s' },
  (_, context: TaskContext<Params>) => {
    const { tryNumber } = context.task;
    if (context.params.flaky && tryNumber < 3) throw new Error(`The service did not answer try ${tryNumber}.`);
    context.log.info('The service answered try %d.', tryNumber);
  },
);

const report = task(
  'report',
  { triggerRule: 'none_failed_min_one_success' },
  (input: { airport: Airport; praise: string | null }, context) => {
    const { airport, flights: count, late } = input.airport;
    const text = input.praise ?? `${airport} has delays: ${late} of ${count} flights were late.`;
    context.log.info('%s', text);
    return text;
  },
);

export const flightsBranching = dag(
  'flights_branching',
  {
    description: 'Branches, short circuits, trigger rules, retries, XCom, variables and two executors on real flights.',
    docMd: 'Two thousand flights of early 2001, which ship with the package vega-datasets. Downloads nothing.',
    tags: ['example', 'flights'],
    isPausedUponCreation: false,
    params: {
      airport: { type: 'string', default: 'PHX', pattern: '^[A-Z]{3}$', description: 'Three letters, such as PHX.' },
      late_minutes: { type: 'integer', default: 15, minimum: 0, maximum: 600 },
      flaky: { type: 'boolean', default: true, description: 'Makes call_service fail twice.' },
    },
  },
  () => {
    const airport = select();
    const choice = punctuality(airport);
    chain(enough(airport), choice);
    const onTime = group('on_time', () => {
      const sentence = praise(airport);
      sentence.before(listDestinations());
      return sentence;
    });
    const late = group('late', () => {
      const worst = worstFlights();
      worst.before(callService());
      return worst;
    });
    const delayed = empty('delayed');
    chain(choice, [onTime, delayed]);
    delayed.before(late);
    const text = report({ airport, praise: onTime.result });
    text.after(onTime, late);
    // Runs whatever became of the tasks before it.
    chain(text, empty('done', { triggerRule: 'all_done' }));
  },
);
