import { keepPreviousData, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Answer, type Ask, call, type Refusal, type Route } from './call.ts';

/** How often what is under way is read again; Airflow's page has the same. */
const LIVE_MILLISECONDS = 3000;
/** How often the rest is. */
const QUIET_MILLISECONDS = 30_000;

export interface Liveness<Data> {
  /** True while something in the answer is under way. */
  readonly isLive?: (data: Data) => boolean;
  readonly isEnabled?: boolean;
}

/** The answer of a route, kept and read again: every 3 s while something in it is under way, else every 30 s. */
export function useAnswer<Name extends Route>(
  route: Name,
  ask: Ask<Name>,
  { isLive = () => false, isEnabled = true }: Liveness<Answer<Name>> = {},
): UseQueryResult<Answer<Name>, Refusal> {
  return useQuery<Answer<Name>, Refusal>({
    queryKey: [route, ask],
    queryFn: ({ signal }) => call(route, { ...ask, signal }),
    enabled: isEnabled,
    // The rows of the page before stand until the next ones are here, so that nothing jumps.
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data !== undefined && isLive(state.data) ? LIVE_MILLISECONDS : QUIET_MILLISECONDS,
  });
}

/** Sends a change; afterwards everything that is shown is read again. */
export function useChange<Name extends Route>(route: Name) {
  const client = useQueryClient();
  return useMutation<Answer<Name>, Refusal, Ask<Name>>({
    mutationFn: (ask) => call(route, ask),
    onSettled: () => client.invalidateQueries(),
  });
}
