import type { z } from 'zod';
import type { Principal } from '@slotdeck/model/access';
import type { endpoints, EndpointName } from '@slotdeck/contract/endpoints';

/** Who calls, as far as a handler may know. */
export interface Caller {
  principal: Principal;
  /** For the audit. */
  address: string;
  /** The token this request came with, if any. */
  sessionToken: string | null;
  /** Gives the browser this token, or takes its token away. */
  setSessionToken(token: { token: string; expiresAt: number } | null): void;
}

type Table = typeof endpoints;
type Parsed<E> = (E extends { params: infer P extends z.ZodType } ? { params: z.output<P> } : object) &
  (E extends { query: infer Q extends z.ZodType } ? { query: z.output<Q> } : object) &
  (E extends { body: infer B extends z.ZodType } ? { body: z.output<B> } : object);

/** What an endpoint's handler gets: only what its schemas have read. */
export type Input<N extends EndpointName> = Parsed<Table[N]> & { caller: Caller };
export type Output<N extends EndpointName> = z.output<Table[N]['reply']>;
export type Handler<N extends EndpointName> = (input: Input<N>) => Promise<Output<N>> | Output<N>;

/** One handler per endpoint of the contract; a missing one does not compile. */
export type Handlers = { readonly [N in EndpointName]: Handler<N> };
