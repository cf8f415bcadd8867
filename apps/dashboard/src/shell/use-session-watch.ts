import { useEffect } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { sessionQuery } from '../api/queries.ts';
import { useConnection } from '../stream/use-live.tsx';
import { forgetUser } from '../query-client.ts';

/**
 * Learns that the session has ended. The stream says so itself; where it cannot even be opened, a browser does not tell why,
 * so the session is asked for.
 */
export function useSessionWatch(): void {
  const cache = useQueryClient();
  const { connection } = useConnection();
  const attempt = connection.state === 'waiting' ? connection.attempt : 0;
  const signedOut = connection.state === 'ended' && connection.reason === 'signed-out';
  useEffect(() => {
    if (signedOut) forgetUser(cache);
    else if (attempt > 0) void cache.refetchQueries(sessionQuery());
  }, [cache, signedOut, attempt]);
}
