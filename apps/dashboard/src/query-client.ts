import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from '@slotdeck/contract/errors';
import { sessionQuery } from './api/queries.ts';

/** Nobody is signed in any more: the frame then leads to the sign-in page. */
export function forgetUser(cache: QueryClient): void {
  cache.setQueryData(sessionQuery().queryKey, (held) => ({ user: null, version: held?.version ?? '' }));
}

export function makeQueryClient(): QueryClient {
  const onError = (error: unknown): void => {
    if (error instanceof ApiError && error.code === 'not-signed-in') forgetUser(client);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // An answer with a code is an answer; only silence is worth asking again.
        retry: (failures, error) => !(error instanceof ApiError) && failures < 2,
        refetchOnWindowFocus: false,
      },
      mutations: { retry: false },
    },
  });
  // Live values are replaced whole by apply-message: comparing them with what was held costs more than it saves.
  client.setQueryDefaults(['live'], { structuralSharing: false, staleTime: Number.POSITIVE_INFINITY });
  return client;
}
