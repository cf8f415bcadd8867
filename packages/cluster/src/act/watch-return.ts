import type { ActContext } from './act-context.ts';
import { createSender } from './command-sender.ts';
import { forgetNode, type Leaving } from './forget-node.ts';
import { answeredViews, lineOf, lookAt } from './look.ts';
import { ActFailure } from './move-problems.ts';

export type Watched = { readonly outcome: 'stayed-away'; readonly returns: number } | { readonly outcome: 'stopped' };

const LOOK_EVERY_MS = 1_000;
/** Forgetting it again and again would only hide that its process runs and asks to be let in. */
const MOST_RETURNS = 3;

/**
 * Watches for as long as members refuse to learn of a forgotten node anew, and some seconds longer, that nobody lists it again. One
 * that does was told by a member that could not be reached before, or by the node itself: it is forgotten again, a few times.
 * @throws ActFailure `keeps-returning`
 */
export async function watchReturn(leaving: Leaving, seconds: number, context: ActContext): Promise<Watched> {
  const sender = createSender(context);
  const members = context.members().filter(({ id }) => id !== leaving.node);
  const end = context.clock.monotonic() + seconds * 1000;
  let returns = 0;
  while (context.clock.monotonic() < end) {
    if (context.asked() !== 'go-on') return { outcome: 'stopped' };
    const sight = await lookAt(sender, members);
    const listing = answeredViews(sight).filter((view) => lineOf(view, leaving.node) !== undefined);
    if (listing.length > 0) {
      returns += 1;
      const names = listing.map((view) => view.member.name);
      if (returns > MOST_RETURNS) throw new ActFailure('keeps-returning', { ...leaving, names });
      context.note('forgotten-node-returned', { ...leaving, names });
      await forgetNode(leaving, context);
    }
    await context.clock.sleep(LOOK_EVERY_MS, context.signal);
  }
  return { outcome: 'stayed-away', returns };
}
