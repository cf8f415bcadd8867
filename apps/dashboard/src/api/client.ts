import { makeClient } from '@slotdeck/contract/client';

/** Requests go through here and nowhere else. `fetch` is looked up at each call, so that a test can put its own in place. */
export const call = makeClient({ base: '', fetch: (...request) => globalThis.fetch(...request) });
