import { useSuspenseQuery } from '@tanstack/react-query';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SessionUser } from '@slotdeck/contract/session';
import { call } from '../api/client.ts';
import { sessionQuery } from '../api/queries.ts';

/** Who is signed in. Null on the sign-in page only: the router lets nobody else past it. */
export function useUser(): SessionUser | null {
  return useSuspenseQuery(sessionQuery()).data.user;
}

/** Signs out and forgets everything that was shown. */
export function useSignOut() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => call('signOut', {}),
    onSuccess: () => {
      cache.clear();
    },
  });
}
