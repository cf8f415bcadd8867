import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import type { SessionUser } from '@slotdeck/contract/session';
import { call } from '../api/client.ts';
import { sessionQuery } from '../api/queries.ts';
import { forgetUser } from '../query-client.ts';

/** Who is signed in. Null for the moment between the end of a session and the sign-in page. */
export function useUser(): SessionUser | null {
  return useSuspenseQuery(sessionQuery()).data.user;
}

/** Signs out and forgets everything that was shown. */
export function useSignOut() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => call('signOut', {}),
    onSuccess: () => {
      cache.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
      forgetUser(cache);
    },
  });
}
