import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '@slotdeck/contract/errors';

export function makeQueryClient(): QueryClient {
  const client = new QueryClient({
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
