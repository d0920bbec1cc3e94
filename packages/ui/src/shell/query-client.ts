import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { Refusal } from '../api/call.ts';
import { tell } from '../parts/tell.ts';

/** A session that has ended shows the sign-in page: whoever reads the session again finds nobody. */
function onError(error: Error): void {
  if (error instanceof Refusal && error.status === 401) {
    queryClient.invalidateQueries({ queryKey: ['session'] }).catch(() => undefined);
  }
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({
    onError: (error) => {
      onError(error);
      tell({ isGood: false, sentence: error.message });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 2000,
      // What was refused is refused again; only silence is worth a second try.
      retry: (count, error) => (!(error instanceof Refusal) || error.status === 0 || error.status >= 500) && count < 2,
    },
  },
});
